using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>
/// What a router says of a packet that the next link does not take: ICMP "fragmentation needed" (RFC 792, RFC 1191 §4) or ICMPv6 "packet
/// too big" (RFC 4443 §3.2).
/// </summary>
internal static class TooBigNotice
{
    /// <summary>RFC 1812 §4.3.2.3: as much of the packet as fits into 576 octets; RFC 4443 §2.4 (c): into 1,280.</summary>
    public const int MaxLength = 1280;

    private const int MaxLengthOf4 = 576;

    /// <summary>192.0.2.254 and 2001:db8::fe: addresses of documentation (RFC 5737, RFC 3849), no host's.</summary>
    private const uint Router4 = 0xc000_02fe;

    private static ReadOnlySpan<byte> Router6 => [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe];

    /// <summary>Octets written; 0 when there is nothing to say: no IP, or an ICMP message, of whose errors nobody is told (RFC 1122 §3.2.2).</summary>
    /// <param name="packet">The one that is too long.</param>
    /// <param name="mtu">Of the link.</param>
    /// <param name="notice">With room for <see cref="MaxLength"/>.</param>
    public static int Write(ReadOnlySpan<byte> packet, int mtu, Span<byte> notice)
    {
        if (Ipv4Header.TryParse(packet, out Ipv4Header four, out _))
        {
            return four.Protocol == IpProtocol.Icmp ? 0 : Write(four, packet, mtu, notice);
        }

        return Ipv6Header.TryParse(packet, out Ipv6Header six, out _) && six.NextHeader != IpProtocol.Icmpv6 ? Write(six, packet, mtu, notice) : 0;
    }

    private static int Write(Ipv4Header header, ReadOnlySpan<byte> packet, int mtu, Span<byte> notice)
    {
        ReadOnlySpan<byte> quoted = packet[..Math.Min(packet.Length, MaxLengthOf4 - Ipv4Header.MinLength - IcmpHeader.Length)];
        int length = IcmpHeader.Length + quoted.Length;
        var fields = new Ipv4Fields { Source = Router4, Destination = header.Source, Protocol = IpProtocol.Icmp };
        int at = fields.WriteTo(notice, length);
        Span<byte> message = notice.Slice(at, length);
        Begin(message, type: 3, code: 4, quoted);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], (ushort)Math.Clamp(mtu, 68, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~InternetChecksum.Sum(message));
        return at + length;
    }

    private static int Write(Ipv6Header header, ReadOnlySpan<byte> packet, int mtu, Span<byte> notice)
    {
        ReadOnlySpan<byte> quoted = packet[..Math.Min(packet.Length, MaxLength - Ipv6Header.Length - IcmpHeader.Length)];
        int length = IcmpHeader.Length + quoted.Length;
        Span<byte> addresses = [.. Router6, .. header.Source];
        new Ipv6Fields(IpProtocol.Icmpv6).WriteTo(notice, addresses, length);
        Span<byte> message = notice.Slice(Ipv6Header.Length, length);
        Begin(message, type: 2, code: 0, quoted);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], (uint)mtu);
        ushort pseudo = InternetChecksum.SumPseudoHeader(addresses, IpProtocol.Icmpv6, (uint)length);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~InternetChecksum.Combine(pseudo, InternetChecksum.Sum(message)));
        return Ipv6Header.Length + length;
    }

    private static void Begin(Span<byte> message, byte type, byte code, ReadOnlySpan<byte> quoted)
    {
        message[..IcmpHeader.Length].Clear();
        message[0] = type;
        message[1] = code;
        quoted.CopyTo(message[IcmpHeader.Length..]);
    }
}
