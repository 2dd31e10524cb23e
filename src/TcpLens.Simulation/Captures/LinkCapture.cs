using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>Packets of a link as a pcapng file of bare IP packets. Its times are the world's: second 0 is the first of January 1970.</summary>
public sealed class LinkCapture : IDisposable
{
    private const int Capacity = 1 << 18;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[Capacity];
    private int _length;

    internal LinkCapture(Stream stream)
    {
        _stream = stream;
        stream.Write(PcapngBlocks.Head(
            new() { Interface = "link", LinkType = LinkType.Raw, SnapLength = ushort.MaxValue, Application = "TcpLens.Simulation" }, comment: null));
    }

    /// <summary>Packets written.</summary>
    public long Packets { get; private set; }

    internal void Write(ReadOnlySpan<byte> packet, Instant now)
    {
        if (PcapngBlocks.LengthOfPacket(packet.Length) > Capacity - _length)
        {
            Flush();
        }

        _length += PcapngBlocks.WritePacket(_buffer.AsSpan(_length), now.Nanoseconds, packet, packet.Length);
        Packets++;
    }

    /// <summary>Gives the stream what was captured until now.</summary>
    public void Flush()
    {
        _stream.Write(_buffer.AsSpan(0, _length));
        _length = 0;
    }

    public void Dispose() => Flush();
}
