using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// One end of a link in memory between two hosts of one process: what is written to one end is read from the other. From any two threads.
/// </summary>
public sealed class PacketPipe : IPacketDevice
{
    /// <summary>Packets that wait for a reader; one more is lost.</summary>
    public const int QueueLength = 2000;

    private readonly Lock _lock = new();
    private readonly Queue<Packet> _arrived = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly Stack<byte[]> _spare = new();
    private PacketPipe? _other;
    private bool _isClosed;

    private PacketPipe(int mtu) => Mtu = mtu;

    public int Mtu { get; }

    /// <summary>Packets are copied as they are: whoever reads them has to do the rest of the work himself.</summary>
    public bool HasOffloads => false;

    /// <param name="mtu">Of both ends, in octets.</param>
    public static (PacketPipe First, PacketPipe Second) CreatePair(int mtu = 1500)
    {
        var first = new PacketPipe(mtu);
        var second = new PacketPipe(mtu) { _other = first };
        first._other = second;
        return (first, second);
    }

    public bool TryRead(Span<byte> buffer, out int length, out PacketOffload offload)
    {
        lock (_lock)
        {
            bool isThere = _arrived.TryDequeue(out Packet packet);
            (length, offload) = (packet.Length, packet.Offload);
            if (isThere)
            {
                packet.Octets.AsSpan(0, length).CopyTo(buffer);
                _spare.Push(packet.Octets);
            }

            return isThere;
        }
    }

    public bool TryWrite(ReadOnlySpan<byte> packet, PacketOffload offload) => packet.Length <= Mtu && _other!.Take(packet, offload);

    public void Wait(TimeSpan timeout) => _signal.Wait(timeout < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : RoundUp(timeout));

    public void Wake()
    {
        lock (_lock)
        {
            Signal();
        }
    }

    /// <summary>What is sent to it is lost from now on.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _arrived.Clear();
            _signal.Dispose();
        }
    }

    private bool Take(ReadOnlySpan<byte> packet, PacketOffload offload)
    {
        lock (_lock)
        {
            if (_isClosed || _arrived.Count == QueueLength)
            {
                return false;
            }

            byte[] octets = _spare.TryPop(out byte[]? spare) ? spare : new byte[Mtu];
            packet.CopyTo(octets);
            _arrived.Enqueue(new(octets, packet.Length, offload));
            Signal();
            return true;
        }
    }

    private void Signal()
    {
        if (!_isClosed && _signal.CurrentCount == 0)
        {
            _signal.Release();
        }
    }

    /// <summary>The semaphore counts milliseconds; less than one would be a wait of none, again and again.</summary>
    private static TimeSpan RoundUp(TimeSpan timeout) => TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue));

    private readonly record struct Packet(byte[] Octets, int Length, PacketOffload Offload);
}
