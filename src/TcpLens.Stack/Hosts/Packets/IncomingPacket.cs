using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>An IP packet that is whole and meant for a host: what it carries and between whom. It lives as long as the octets it stands in.</summary>
internal readonly ref struct IncomingPacket
{
    public HostAddress Source { get; private init; }

    public HostAddress Destination { get; private init; }

    /// <summary>Both addresses as they stand in the header, for checksums: 8 or 32 octets.</summary>
    public ReadOnlySpan<byte> Addresses { get; private init; }

    public IpProtocol Protocol { get; private init; }

    public EcnCodepoint Ecn { get; private init; }

    /// <summary>What stands behind the IP header and its options or extension headers, by the length that the header states.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    public bool IsV4 => Addresses.Length == 8;

    /// <summary>The sum over header and payload of TCP or ICMPv6 is right (RFC 9293 §3.1, MUST-3; RFC 4443 §2.3).</summary>
    public bool IsChecksumRight => InternetChecksum.Combine(
        InternetChecksum.SumPseudoHeader(Addresses, Protocol, (uint)Payload.Length),
        InternetChecksum.Sum(Payload)) == 0xffff;

    public static DropReason Read(ReadOnlySpan<byte> octets, out IncomingPacket packet)
    {
        packet = default;
        return octets switch
        {
            [] => DropReason.Malformed,
            [var first, ..] when first >> 4 == 4 => ReadV4(octets, out packet),
            _ => ReadV6(octets, out packet),
        };
    }

    /// <summary>Options are stepped over (RFC 9293 §3.9.2, MUST-50); fragments are not put together.</summary>
    private static DropReason ReadV4(ReadOnlySpan<byte> octets, out IncomingPacket packet)
    {
        packet = default;
        if (!Ipv4Header.TryParse(octets, out Ipv4Header header, out _) || header.TotalLength < header.HeaderLength || header.TotalLength > octets.Length)
        {
            return DropReason.Malformed;
        }

        if (InternetChecksum.Sum(octets[..header.HeaderLength]) != 0xffff)
        {
            return DropReason.BadChecksum;
        }

        if (header.IsFragment)
        {
            return DropReason.NotTcp;
        }

        packet = new()
        {
            Source = HostAddress.V4(header.Source),
            Destination = HostAddress.V4(header.Destination),
            Addresses = header.Addresses,
            Protocol = header.Protocol,
            Ecn = (EcnCodepoint)header.Ecn,
            Payload = octets[header.HeaderLength..header.TotalLength],
        };
        return DropReason.None;
    }

    private static DropReason ReadV6(ReadOnlySpan<byte> octets, out IncomingPacket packet)
    {
        packet = default;
        if (!Ipv6Header.TryParse(octets, out Ipv6Header header, out _) || header.PayloadLength > octets.Length - Ipv6Header.Length)
        {
            return DropReason.Malformed;
        }

        ReadOnlySpan<byte> payload = octets.Slice(Ipv6Header.Length, header.PayloadLength);
        IpProtocol protocol = header.NextHeader;
        if (ExtensionHeaders.Step(ref payload, ref protocol) is var refused and not DropReason.None)
        {
            return refused;
        }

        packet = new()
        {
            Source = HostAddress.FromNetworkOrder(header.Source),
            Destination = HostAddress.FromNetworkOrder(header.Destination),
            Addresses = header.Addresses,
            Protocol = protocol,
            Ecn = (EcnCodepoint)header.Ecn,
            Payload = payload,
        };

        // ::ffff:a.b.c.d never stands on the wire (RFC 4942 §2.2); here it would be taken for a.b.c.d.
        return packet.Source.IsV4Mapped || packet.Destination.IsV4Mapped ? DropReason.BadAddress : DropReason.None;
    }
}
