using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The last packets, in so much memory and no more: the oldest make room for the newest.</summary>
/// <param name="capacity">In octets of packet blocks.</param>
internal sealed class PacketRing(int capacity)
{
    private const int NotWrapped = -1;

    private readonly byte[] _octets = GC.AllocateUninitializedArray<byte>(capacity);

    /// <summary>Where the oldest packet stands, and where the next one goes.</summary>
    private int _oldest;
    private int _next;

    /// <summary>Where the older part ends, when the newer part has begun again at the front.</summary>
    private int _wrap = NotWrapped;

    public int Packets { get; private set; }

    /// <summary>Time of the oldest packet; null when there is none.</summary>
    public long? OldestNanoseconds
    {
        get
        {
            if (Packets == 0)
            {
                return null;
            }

            _ = PcapngBlocks.ReadPacket(_octets.AsSpan(_oldest), out long time, out _, out _);
            return time;
        }
    }

    /// <summary>Adds packet blocks. One that is larger than the ring is left out.</summary>
    public void Add(ReadOnlySpan<byte> blocks)
    {
        while (!blocks.IsEmpty)
        {
            int length = PcapngBlocks.ReadPacket(blocks, out _, out _, out _);
            if (length <= capacity)
            {
                MakeRoom(length);
                blocks[..length].CopyTo(_octets.AsSpan(_next));
                _next += length;
                Packets++;
            }

            blocks = blocks[length..];
        }
    }

    /// <summary>Takes the packets out, oldest first, in one or two runs; those before a time are dropped.</summary>
    /// <param name="sinceNanoseconds">Packets of this time and later are handed over.</param>
    /// <param name="keep">Gets the blocks of a run and how many packets they are.</param>
    public void Drain(long sinceNanoseconds, PacketKeeper keep)
    {
        while (OldestNanoseconds < sinceNanoseconds)
        {
            DropOldest();
        }

        while (Packets > 0)
        {
            ReadOnlySpan<byte> run = _octets.AsSpan(_oldest..(_wrap == NotWrapped ? _next : _wrap));
            int packets = Count(run);
            keep(run, packets);
            Packets -= packets;
            (_oldest, _wrap) = (0, NotWrapped);
        }

        (_oldest, _next, _wrap) = (0, 0, NotWrapped);
    }

    private void MakeRoom(int length)
    {
        while (!HasRoom(length))
        {
            DropOldest();
        }
    }

    private bool HasRoom(int length)
    {
        if (_wrap != NotWrapped)
        {
            return _oldest - _next >= length;
        }

        if (capacity - _next >= length)
        {
            return true;
        }

        if (_oldest < length)
        {
            return false;
        }

        (_wrap, _next) = (_next, 0);
        return true;
    }

    private void DropOldest()
    {
        _oldest += PcapngBlocks.ReadPacket(_octets.AsSpan(_oldest), out _, out _, out _);
        Packets--;
        if (_oldest == _wrap)
        {
            (_oldest, _wrap) = (0, NotWrapped);
        }

        if (Packets == 0)
        {
            (_oldest, _next, _wrap) = (0, 0, NotWrapped);
        }
    }

    private static int Count(ReadOnlySpan<byte> blocks)
    {
        int packets = 0;
        for (; !blocks.IsEmpty; packets++)
        {
            blocks = blocks[PcapngBlocks.ReadPacket(blocks, out _, out _, out _)..];
        }

        return packets;
    }
}

/// <summary>Takes packet blocks.</summary>
internal delegate void PacketKeeper(ReadOnlySpan<byte> blocks, int packets);
