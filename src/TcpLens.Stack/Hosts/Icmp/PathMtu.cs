using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>What "fragmentation needed" and "packet too big" say of a path.</summary>
internal static class PathMtu
{
    /// <summary>Linux's floor for IPv4 (min_pmtu): below it the headers cost more than they carry, and only attackers say so.</summary>
    public const int FloorV4 = 552;

    /// <summary>RFC 8200 §5: every IPv6 link takes this.</summary>
    public const int FloorV6 = 1280;

    /// <summary>RFC 1191 table 7-1, in octets, for routers that do not say what would fit.</summary>
    private static readonly ushort[] Plateaus = [32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 576];

    /// <summary>The path's MTU, never more than the packet that did not fit was (RFC 8201 §4) and never below the floor.</summary>
    /// <param name="message">The ICMP message.</param>
    /// <param name="isV4">RFC 792 with RFC 1191 §4, or RFC 4443 §3.2.</param>
    /// <param name="length">Of the packet that was quoted.</param>
    public static int Read(ReadOnlySpan<byte> message, bool isV4, int length)
    {
        long told = isV4 ? BinaryPrimitives.ReadUInt16BigEndian(message[6..]) : BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        if (told == 0 && isV4)
        {
            told = Array.Find(Plateaus, plateau => plateau < length);
        }

        return (int)Math.Max(isV4 ? FloorV4 : FloorV6, Math.Min(told, length - 1));
    }

    /// <summary>What fits behind IP and TCP headers without options.</summary>
    public static ushort SegmentSize(int mtu, bool isV4)
        => (ushort)(Math.Min(mtu, ushort.MaxValue) - (isV4 ? Ipv4Header.MinLength : Ipv6Header.Length) - TcpHeader.MinLength);
}
