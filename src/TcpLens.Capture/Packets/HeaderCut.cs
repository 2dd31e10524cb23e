using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// How much of a packet is headers: everything up to the payload of TCP or UDP, inside tunnels too. What cannot be followed further
/// is taken for payload, as this is asked by those who must not keep any.
/// </summary>
public static class HeaderCut
{
    /// <summary>Longer than the headers of any sensible packet, tunnels included.</summary>
    public const int SnapLength = 192;

    /// <summary>Headers within headers; nobody nests deeper who means well.</summary>
    private const int Depth = 8;

    /// <summary>Octets from the link header to the end of the last header; never more than were captured.</summary>
    /// <param name="packet">As captured.</param>
    /// <param name="linkType">How it begins; of a link that no Linux interface has, nothing is cut.</param>
    public static int LengthOf(ReadOnlySpan<byte> packet, LinkType linkType)
    {
        int length = linkType switch
        {
            LinkType.Ethernet => Ethernet(packet, 0, Depth),
            LinkType.LinuxCooked => Typed(packet, 14, 16, Depth),
            LinkType.LinuxCooked2 => Typed(packet, 0, 20, Depth),
            LinkType.Raw => Ip(packet, 0, Depth),
            _ => packet.Length,
        };
        return Math.Min(length, packet.Length);
    }

    private static int Ethernet(ReadOnlySpan<byte> packet, int at, int depth) => Typed(packet, at + 12, at + 14, depth);

    /// <summary>What an EtherType stands for. What is not IP (ARP, LLDP, …) carries nobody's data and stays whole.</summary>
    private static int Typed(ReadOnlySpan<byte> packet, int typeAt, int at, int depth)
    {
        if (depth == 0 || !TryRead(packet, typeAt, out int type))
        {
            return at;
        }

        return type switch
        {
            0x8100 or 0x88a8 or 0x9100 => Typed(packet, at + 2, at + 4, depth - 1),   // IEEE 802.1Q, 802.1ad
            0x8847 or 0x8848 => Ip(packet, Labels(packet, at), depth - 1),            // RFC 3032
            0x8864 => Ip(packet, at + 8, depth - 1),                                  // RFC 2516: PPPoE and PPP
            0x6558 => Ethernet(packet, at, depth - 1),                                // bridged into a tunnel
            0x0800 or 0x86dd => Ip(packet, at, depth - 1),
            _ => packet.Length,
        };
    }

    private static int Ip(ReadOnlySpan<byte> packet, int at, int depth)
    {
        if (depth == 0 || at >= packet.Length)
        {
            return at;
        }

        return (packet[at] >> 4) switch
        {
            4 => IpV4(packet, at, depth),
            6 => IpV6(packet, at, depth),
            _ => at,
        };
    }

    private static int IpV4(ReadOnlySpan<byte> packet, int at, int depth)
    {
        int next = at + Math.Max(20, (packet[at] & 0x0f) * 4);
        bool isLaterFragment = TryRead(packet, at + 6, out int fragment) && (fragment & 0x1fff) != 0;
        return isLaterFragment || at + 9 >= packet.Length ? next : Transport(packet, packet[at + 9], next, depth);
    }

    /// <summary>RFC 8200 §4: extension headers say how long they are, in units of eight octets, but for the fragment's.</summary>
    private static int IpV6(ReadOnlySpan<byte> packet, int at, int depth)
    {
        int next = at + 40;
        int protocol = at + 6 < packet.Length ? packet[at + 6] : 59;
        for (int headers = 0; headers < Depth && protocol is 0 or 43 or 60 or 44 or 51 && next + 8 <= packet.Length; headers++)
        {
            if (protocol == 44 && (BinaryPrimitives.ReadUInt16BigEndian(packet[(next + 2)..]) & 0xfff8) != 0)
            {
                return next + 8;
            }

            int length = protocol switch
            {
                44 => 8,
                51 => (packet[next + 1] + 2) * 4,   // RFC 4302 §2.2 counts in fours
                _ => (packet[next + 1] + 1) * 8,
            };
            protocol = packet[next];
            next += length;
        }

        return Transport(packet, protocol, next, depth);
    }

    private static int Transport(ReadOnlySpan<byte> packet, int protocol, int at, int depth) => protocol switch
    {
        6 => at + (at + 12 < packet.Length ? Math.Max(20, (packet[at + 12] >> 4) * 4) : 20),
        17 => Udp(packet, at, depth),
        4 or 41 => Ip(packet, at, depth - 1),
        47 => Gre(packet, at, depth),
        1 => IcmpError(packet, at, at < packet.Length && packet[at] is 3 or 4 or 5 or 11 or 12, depth),
        58 => IcmpError(packet, at, at < packet.Length && packet[at] is > 0 and < 5, depth),
        _ => at + 8,
    };

    /// <summary>VXLAN (RFC 7348 §5) and GENEVE (RFC 8926 §3.4) are tunnels; other UDP has its payload at once.</summary>
    private static int Udp(ReadOnlySpan<byte> packet, int at, int depth)
    {
        int end = at + 8;
        _ = TryRead(packet, at + 2, out int port);
        return port switch
        {
            4789 or 8472 => Ethernet(packet, end + 8, depth - 1),
            6081 when end < packet.Length => Typed(packet, end + 2, end + 8 + ((packet[end] & 0x3f) * 4), depth - 1),
            _ => end,
        };
    }

    /// <summary>RFC 2784 §2.1, RFC 2890 §2: checksum, key and sequence number are there when their bits are.</summary>
    private static int Gre(ReadOnlySpan<byte> packet, int at, int depth)
    {
        if (!TryRead(packet, at, out int flags) || (flags & 7) != 0)
        {
            return at + 4;
        }

        int end = at + 4 + ((flags & 0x8000) != 0 ? 4 : 0) + ((flags & 0x2000) != 0 ? 4 : 0) + ((flags & 0x1000) != 0 ? 4 : 0);
        return Typed(packet, at + 2, end, depth - 1);
    }

    /// <summary>An error quotes the packet it is about, whose payload is as much somebody's as any other.</summary>
    private static int IcmpError(ReadOnlySpan<byte> packet, int at, bool isError, int depth)
        => isError ? Ip(packet, at + 8, depth - 1) : at + 8;

    private static int Labels(ReadOnlySpan<byte> packet, int at)
    {
        for (int labels = 0; labels < Depth && at + 4 <= packet.Length; labels++)
        {
            at += 4;
            if ((packet[at - 2] & 1) != 0)
            {
                break;
            }
        }

        return at;
    }

    private static bool TryRead(ReadOnlySpan<byte> packet, int at, out int value)
    {
        bool isThere = at >= 0 && at + 2 <= packet.Length;
        value = isThere ? BinaryPrimitives.ReadUInt16BigEndian(packet[at..]) : 0;
        return isThere;
    }
}
