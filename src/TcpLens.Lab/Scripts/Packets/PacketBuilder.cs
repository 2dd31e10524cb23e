using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>Makes IP packets of a script's segments and ICMP messages.</summary>
internal static class PacketBuilder
{
    public const int MaxLength = ushort.MaxValue;

    private const int Ipv6Length = Ipv6Header.Length;

    /// <summary>A segment from the flow's remote end to its local one. Octets written.</summary>
    /// <param name="into">64 KiB.</param>
    /// <param name="flow">Whose.</param>
    /// <param name="segment">In the script's numbers.</param>
    /// <param name="sequence">Its sequence number, live.</param>
    public static int Segment(Span<byte> into, ScriptFlow flow, ScriptSegment segment, SeqNum sequence)
    {
        Span<byte> options = stackalloc byte[TcpHeader.MaxLength - TcpHeader.MinLength];
        int optionsLength = Options(options, flow, segment);
        int length = TcpHeader.MinLength + optionsLength + segment.PayloadLength;
        int start = Header(into, flow, segment.Ip, IpProtocol.Tcp, length);
        uint acknowledgment = segment.Acknowledgment ?? 0;
        var fields = new TcpFields
        {
            SourcePort = flow.Remote.Port,
            DestinationPort = flow.Local.Port,
            Sequence = sequence,
            Acknowledgment = segment.Bits.Has(ControlBits.Ack) && !segment.IsAcknowledgmentAbsolute ? flow.ToLive(acknowledgment, segment.Bits.Has(ControlBits.Syn)) : new(acknowledgment),
            Bits = segment.Bits,
            Window = new(segment.Window ?? 0),
            UrgentPointer = segment.UrgentPointer ?? 0,
        };
        Span<byte> octets = into.Slice(start, length);
        octets.Clear();
        fields.WriteTo(octets, options[..optionsLength]);
        TcpFields.WriteChecksum(octets, Addresses(into, start));
        return start + length;
    }

    /// <summary>An ICMP error from a router on the way, which quotes a segment of ours; or a message that quotes none.</summary>
    public static int Icmp(Span<byte> into, ScriptFlow flow, ScriptIcmp message, IcmpKind kind)
    {
        Span<byte> quote = stackalloc byte[Ipv6Length + TcpHeader.MinLength];
        int quoted = kind.IsError ? Quote(quote, flow, message) : 0;
        int length = IcmpHeader.Length + quoted;
        bool isV4 = flow.Local.Address.IsV4Mapped;
        int start = Header(into, flow, message.Ip, isV4 ? IpProtocol.Icmp : IpProtocol.Icmpv6, length);
        Span<byte> octets = into.Slice(start, length);
        octets.Clear();
        octets[0] = kind.Type;
        octets[1] = kind.Code;
        if (message.Mtu is { } mtu && isV4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(octets[6..], (ushort)Math.Min(mtu, ushort.MaxValue));
        }
        else if (message.Mtu is { } largeMtu)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets[4..], largeMtu);
        }

        quote[..quoted].CopyTo(octets[IcmpHeader.Length..]);
        ushort sum = InternetChecksum.Sum(octets);
        ushort pseudo = isV4 ? (ushort)0 : InternetChecksum.SumPseudoHeader(Addresses(into, start), IpProtocol.Icmpv6, (uint)length);
        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], (ushort)~InternetChecksum.Combine(sum, pseudo));
        return start + length;
    }

    private static int Quote(Span<byte> quote, ScriptFlow flow, ScriptIcmp message)
    {
        (uint sequence, int payload) = message.Quoted ?? (1, 0);
        var reverse = new ScriptFlow(flow.Remote, flow.Local);
        int start = Header(quote, reverse, new(), IpProtocol.Tcp, TcpHeader.MinLength + payload);
        new TcpFields
        {
            SourcePort = flow.Local.Port,
            DestinationPort = flow.Remote.Port,
            Sequence = flow.ToLive(sequence, isSyn: false),
            Bits = ControlBits.Ack,
        }.WriteTo(quote[start..], []);
        return start + TcpHeader.MinLength;
    }

    /// <summary>The IP header for <paramref name="length"/> octets behind it. Its own length.</summary>
    private static int Header(Span<byte> into, ScriptFlow flow, ScriptIpFields ip, IpProtocol protocol, int length)
    {
        byte trafficClass = ip.TrafficClass ?? (byte)(ip.Ecn ?? EcnCodepoint.NotCapable);
        if (flow.Local.Address.IsV4Mapped)
        {
            var fields = new Ipv4Fields
            {
                Source = (uint)flow.Remote.Address.Low,
                Destination = (uint)flow.Local.Address.Low,
                Protocol = protocol,
                TimeToLive = ip.TimeToLive ?? 255,
            };
            int headerLength = fields.WriteTo(into, length);
            into[1] = trafficClass;
            BinaryPrimitives.WriteUInt16BigEndian(into[10..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(into[10..], (ushort)~InternetChecksum.Sum(into[..headerLength]));
            return headerLength;
        }

        Span<byte> addresses = stackalloc byte[32];
        Write(flow.Remote.Address, addresses);
        Write(flow.Local.Address, addresses[16..]);
        new Ipv6Fields(protocol, ip.TimeToLive ?? 255).WriteTo(into, addresses, length);
        BinaryPrimitives.WriteUInt32BigEndian(into, (6u << 28) | ((uint)trafficClass << 20));
        return Ipv6Length;
    }

    private static void Write(HostAddress address, Span<byte> into)
    {
        BinaryPrimitives.WriteUInt64BigEndian(into, address.High);
        BinaryPrimitives.WriteUInt64BigEndian(into[8..], address.Low);
    }

    private static ReadOnlySpan<byte> Addresses(ReadOnlySpan<byte> packet, int headerLength)
        => headerLength == Ipv6Length ? packet[8..40] : packet[12..20];

    private static int Options(Span<byte> room, ScriptFlow flow, ScriptSegment segment)
    {
        var writer = new OptionWriter(room);
        foreach (ScriptOption option in segment.Options ?? [])
        {
            writer.Add(option, flow, segment.Bits.Has(ControlBits.Ack));
        }

        return writer.Finish();
    }
}
