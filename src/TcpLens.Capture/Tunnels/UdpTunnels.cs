using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Tunnels in UDP, known by their ports. A port is only a hint: what does not look like the tunnel is UDP, and not malformed. Each
/// method stands at the UDP payload.
/// </summary>
internal static class UdpTunnels
{
    private const ushort Gtp = 2152;
    private const ushort L2tp = 1701;
    private const ushort Teredo = 3544;
    private const ushort Vxlan = 4789;
    private const ushort VxlanGeneric = 4790;
    private const ushort VxlanLinux = 8472;
    private const ushort Geneve = 6081;
    private const ushort Ayiya = 5072;
    private const ushort Lisp = 4341;

    public static Layer Next(ushort source, ushort destination, ref PacketCursor cursor)
    {
        Layer next = Next(destination, ref cursor);
        return next != Layer.End || source == destination ? next : Next(source, ref cursor);
    }

    private static Layer Next(ushort port, ref PacketCursor cursor) => port switch
    {
        Vxlan or VxlanLinux => ReadVxlan(ref cursor),
        VxlanGeneric => ReadVxlanGeneric(ref cursor),
        Geneve => ReadGeneve(ref cursor),
        Gtp => GtpLayer.Read(ref cursor),
        L2tp => L2tpLayer.Read(ref cursor),
        Teredo => TeredoLayer.Read(ref cursor),
        Ayiya => AyiyaLayer.Read(ref cursor),
        Lisp => ReadLisp(ref cursor),
        _ => cursor.Is(PacketKind.Udp),
    };

    /// <summary>RFC 7348 §5.</summary>
    private static Layer ReadVxlan(ref PacketCursor cursor)
        => cursor.Octets is [var flags, ..] && (flags & 0x08) != 0 && cursor.TrySkip(8) ? Layer.Ethernet : cursor.Is(PacketKind.Udp);

    /// <summary>draft-ietf-nvo3-vxlan-gpe §3.1.</summary>
    private static Layer ReadVxlanGeneric(ref PacketCursor cursor) => cursor.Octets switch
    {
        [var flags, _, _, var next, ..] when (flags & 0x04) != 0 && next is >= 1 and <= 3 && cursor.TrySkip(8)
            => next switch { 1 => Layer.Ipv4, 2 => Layer.Ipv6, _ => Layer.Ethernet },
        _ => ReadVxlan(ref cursor),
    };

    /// <summary>RFC 9300 §5.3.</summary>
    private static Layer ReadLisp(ref PacketCursor cursor) => cursor.Octets switch
    {
        [_, _, _, _, _, _, _, _, var first, ..] when first >> 4 is 4 or 6 && cursor.TrySkip(8) => Layer.AnyIp,
        _ => cursor.Is(PacketKind.Udp),
    };

    /// <summary>RFC 8926 §3.4.</summary>
    private static Layer ReadGeneve(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (octets is not [var first, _, _, _, _, _, _, _, ..] || first >> 6 != 0 || !cursor.TrySkip(8 + ((first & 0x3f) * 4)))
        {
            return cursor.Is(PacketKind.Udp);
        }

        var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        return type == EtherType.TransparentEthernet ? Layer.Ethernet : EthernetLayer.Next(type, ref cursor);
    }
}
