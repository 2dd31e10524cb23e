using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>Writes packets in the name of others.</summary>
public static class ForgedPacket
{
    /// <summary>A TCP segment in an IP packet, checksums and all. Octets written.</summary>
    /// <param name="into">With room for 100 octets and the payload.</param>
    /// <param name="from">In whose name.</param>
    /// <param name="to">To whom; of the same family.</param>
    /// <param name="fields">The header; its ports are set from the endpoints.</param>
    /// <param name="options">0 to 40 octets, in whole words.</param>
    /// <param name="payload">Behind them.</param>
    /// <param name="ecn">Of the IP header.</param>
    public static int WriteSegment(
        Span<byte> into, Endpoint from, Endpoint to, TcpFields fields, ReadOnlySpan<byte> options = default, ReadOnlySpan<byte> payload = default, EcnCodepoint ecn = EcnCodepoint.NotCapable)
    {
        int length = TcpHeader.MinLength + options.Length + payload.Length;
        int at = WriteIp(into, from.Address, to.Address, IpProtocol.Tcp, length, ecn);
        Span<byte> segment = into.Slice(at, length);
        int header = (fields with { SourcePort = from.Port, DestinationPort = to.Port }).WriteTo(segment, options);
        payload.CopyTo(segment[header..]);
        TcpFields.WriteChecksum(segment, AddressesOf(into));
        return at + length;
    }

    /// <summary>An ICMP error about a segment that a host sent, or is said to have sent. Octets written.</summary>
    /// <param name="into">With room for 100 octets.</param>
    /// <param name="router">Who says so.</param>
    /// <param name="from">Whose segment it is: the error goes there.</param>
    /// <param name="to">Where the segment was going.</param>
    /// <param name="quoted">Its sequence number.</param>
    /// <param name="type">ICMP's or ICMPv6's, by the family.</param>
    /// <param name="code">Of that type.</param>
    /// <param name="rest">What stands behind the checksum: an MTU, or 0.</param>
    public static int WriteIcmpError(Span<byte> into, HostAddress router, Endpoint from, Endpoint to, SeqNum quoted, byte type, byte code, uint rest = 0)
    {
        Span<byte> quote = stackalloc byte[100];
        int quotedLength = WriteSegment(quote, from, to, new() { Sequence = quoted, Bits = ControlBits.Ack });
        int length = IcmpHeader.Length + quotedLength;
        bool isV4 = from.Address.IsV4Mapped;
        int at = WriteIp(into, router, from.Address, isV4 ? IpProtocol.Icmp : IpProtocol.Icmpv6, length, EcnCodepoint.NotCapable);
        Span<byte> message = into.Slice(at, length);
        message[0] = type;
        message[1] = code;
        message[2..4].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], rest);
        quote[..quotedLength].CopyTo(message[IcmpHeader.Length..]);
        ushort sum = InternetChecksum.Sum(message);
        sum = isV4 ? sum : InternetChecksum.Combine(sum, InternetChecksum.SumPseudoHeader(AddressesOf(into), IpProtocol.Icmpv6, (uint)length));
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~sum);
        return at + length;
    }

    private static int WriteIp(Span<byte> into, HostAddress from, HostAddress to, IpProtocol protocol, int length, EcnCodepoint ecn)
    {
        if (from.IsV4Mapped)
        {
            return new Ipv4Fields { Source = (uint)from.Low, Destination = (uint)to.Low, Protocol = protocol, Ecn = (byte)ecn }.WriteTo(into, length);
        }

        Span<byte> addresses = stackalloc byte[32];
        Write(addresses, from);
        Write(addresses[16..], to);
        new Ipv6Fields(protocol, Ecn: (byte)ecn).WriteTo(into, addresses, length);
        return Ipv6Header.Length;
    }

    private static void Write(Span<byte> octets, HostAddress address)
    {
        BinaryPrimitives.WriteUInt64BigEndian(octets, address.High);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], address.Low);
    }

    private static ReadOnlySpan<byte> AddressesOf(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 4 ? packet[12..20] : packet[8..40];
}
