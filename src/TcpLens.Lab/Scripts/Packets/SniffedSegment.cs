using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>A segment that the stack sent, in live numbers. Consecutive ones of a burst may be joined into one, as a device that segments has it.</summary>
internal sealed record SniffedSegment
{
    public required Instant At { get; init; }

    public required Endpoint Source { get; init; }

    public required Endpoint Destination { get; init; }

    public SeqNum Sequence { get; init; }

    public SeqNum Acknowledgment { get; init; }

    public ControlBits Bits { get; init; }

    public ushort Window { get; init; }

    public ushort UrgentPointer { get; init; }

    public int PayloadLength { get; init; }

    public byte TrafficClass { get; init; }

    public byte TimeToLive { get; init; }

    /// <summary>In the order of the header; SACK blocks and timestamps live.</summary>
    public IReadOnlyList<ScriptOption> Options { get; init; } = [];

    /// <summary>Null for a packet that is not a whole TCP segment.</summary>
    public static SniffedSegment? Read(ReadOnlySpan<byte> packet, Instant at)
    {
        if (Ipv4Header.TryParse(packet, out Ipv4Header v4, out _) && v4.Protocol == IpProtocol.Tcp && v4.TotalLength <= packet.Length)
        {
            return Read(packet[v4.HeaderLength..v4.TotalLength], at, HostAddress.V4(v4.Source), HostAddress.V4(v4.Destination), packet[1], v4.TimeToLive);
        }

        if (Ipv6Header.TryParse(packet, out Ipv6Header v6, out _) && v6.NextHeader == IpProtocol.Tcp && Ipv6Header.Length + v6.PayloadLength <= packet.Length)
        {
            byte trafficClass = (byte)(BinaryPrimitives.ReadUInt16BigEndian(packet) >> 4);
            return Read(packet.Slice(Ipv6Header.Length, v6.PayloadLength), at, HostAddress.FromNetworkOrder(v6.Source), HostAddress.FromNetworkOrder(v6.Destination),
                trafficClass, v6.HopLimit);
        }

        return null;
    }

    private static SniffedSegment? Read(ReadOnlySpan<byte> octets, Instant at, HostAddress source, HostAddress destination, byte trafficClass, byte timeToLive)
        => !TcpHeader.TryParse(octets, out TcpHeader header, out _) || header.IsCut ? null : new()
        {
            At = at,
            Source = new(source, header.SourcePort),
            Destination = new(destination, header.DestinationPort),
            Sequence = header.Sequence,
            Acknowledgment = header.Acknowledgment,
            Bits = header.Bits,
            Window = header.Window.Raw,
            UrgentPointer = header.UrgentPointer,
            PayloadLength = octets.Length - header.HeaderLength,
            TrafficClass = trafficClass,
            TimeToLive = timeToLive,
            Options = OptionList(octets[TcpHeader.MinLength..header.HeaderLength]),
        };

    /// <summary>NOPs and ends too, which a walk over options leaves out: their places are a stack's fingerprint.</summary>
    private static List<ScriptOption> OptionList(ReadOnlySpan<byte> octets)
    {
        var list = new List<ScriptOption>();
        while (!octets.IsEmpty)
        {
            var kind = (TcpOptionKind)octets[0];
            int length = kind is TcpOptionKind.NoOperation or TcpOptionKind.End ? 1 : octets.Length < 2 ? 0 : octets[1];
            if (length == 0 || length > octets.Length)
            {
                break;
            }

            list.Add(Option(kind, octets[Math.Min(2, length)..length]));
            octets = octets[length..];
        }

        return list;
    }

    private static ScriptOption Option(TcpOptionKind kind, ReadOnlySpan<byte> value) => (kind, value.Length) switch
    {
        (TcpOptionKind.MaximumSegmentSize, 2) => new(kind, BinaryPrimitives.ReadUInt16BigEndian(value)),
        (TcpOptionKind.WindowScale, 1) => new(kind, value[0]),
        (TcpOptionKind.Timestamps, 8) => new(kind, BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..])),
        (TcpOptionKind.Sack, _) => new(kind, Blocks: Blocks(value)),
        _ => new(kind),
    };

    private static List<(uint, uint)> Blocks(ReadOnlySpan<byte> value)
    {
        var blocks = new List<(uint, uint)>();
        for (; value.Length >= 8; value = value[8..])
        {
            blocks.Add((BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..])));
        }

        return blocks;
    }
}
