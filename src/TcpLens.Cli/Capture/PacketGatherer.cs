using TcpLens.Capture;
using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Takes packets from the kernel's ring into chunks, and hands each chunk on when it is full or due.</summary>
/// <param name="linkType">How the packets begin.</param>
/// <param name="headersOnly">True to leave payload out.</param>
/// <param name="handOver">Gets a full chunk, and gives an empty one to go on with.</param>
internal sealed class PacketGatherer(LinkType linkType, bool headersOnly, Func<PacketChunk, PacketChunk> handOver) : IPacketTaker
{
    private PacketChunk _chunk = new();

    /// <summary>Packets taken.</summary>
    public long Packets { get; private set; }

    /// <summary>Octets of those packets on the wire.</summary>
    public long Octets { get; private set; }

    /// <summary>Packets later than this are not wanted any more.</summary>
    public long EndNanoseconds { get; set; } = long.MaxValue;

    /// <summary>True when a packet came after the end: there will be none before it.</summary>
    public bool IsPastEnd { get; private set; }

    public void Take(long timeNanoseconds, ReadOnlySpan<byte> captured, int originalLength)
    {
        if (timeNanoseconds > EndNanoseconds)
        {
            IsPastEnd = true;
            return;
        }

        ReadOnlySpan<byte> kept = headersOnly ? captured[..HeaderCut.LengthOf(captured, linkType)] : captured;
        if (!_chunk.TryAdd(timeNanoseconds, kept, originalLength))
        {
            HandOver();
            _ = _chunk.TryAdd(timeNanoseconds, kept, originalLength);
        }

        Packets++;
        Octets += originalLength;
    }

    public void HandOver()
    {
        if (_chunk.Packets > 0)
        {
            _chunk = handOver(_chunk);
        }
    }
}
