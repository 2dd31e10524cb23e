using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Ethernet, its VLAN tags, and LLC with SNAP inside of IEEE 802.3 frames.</summary>
internal static class EthernetLayer
{
    private const byte SnapAccessPoint = 0xaa;
    private const byte IpAccessPoint = 0x06;

    public static Layer Read(ref PacketCursor cursor)
    {
        if (!EthernetHeader.TryParse(cursor.Octets, out EthernetHeader header, out _))
        {
            return cursor.TooShort();
        }

        cursor.TrySkip(EthernetHeader.Length);
        return header.IsLength ? ReadLength((int)header.Type, ref cursor) : Next(header.Type, ref cursor);
    }

    public static Layer ReadVlan(ref PacketCursor cursor)
    {
        if (!VlanTag.TryParse(cursor.Octets, out VlanTag tag, out _))
        {
            return cursor.TooShort();
        }

        cursor.TrySkip(VlanTag.Length);
        return (ushort)tag.Type < EthernetHeader.SmallestType ? ReadLength((int)tag.Type, ref cursor) : Next(tag.Type, ref cursor);
    }

    /// <summary>The six octets of IEEE 802.1BR's tag, and the type of what follows.</summary>
    public static Layer ReadPortExtension(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        return cursor.TrySkip(8) ? Next((EtherType)BinaryPrimitives.ReadUInt16BigEndian(octets[6..]), ref cursor) : cursor.TooShort();
    }

    /// <summary>Four octets of no interest here, and the type of what follows: Cisco's VN-tag, and HSR's.</summary>
    public static Layer ReadShortTag(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        return cursor.TrySkip(6) ? Next((EtherType)BinaryPrimitives.ReadUInt16BigEndian(octets[4..]), ref cursor) : cursor.TooShort();
    }

    /// <summary>IEEE 802.2: TCP comes in SNAP, or after the access point of IP itself.</summary>
    public static Layer ReadLlc(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (octets.Length < 3)
        {
            return cursor.TooShort();
        }

        if (octets[0] == IpAccessPoint && octets[1] == IpAccessPoint)
        {
            cursor.TrySkip(3);
            return Layer.Ipv4;
        }

        if (octets[0] != SnapAccessPoint || octets[1] != SnapAccessPoint)
        {
            return cursor.Is(PacketKind.NonIp);
        }

        if (octets.Length < 8)
        {
            return cursor.TooShort();
        }

        var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(octets[6..]);
        cursor.TrySkip(8);
        return Next(type, ref cursor);
    }

    /// <summary>No header between the capture and IP: the version says which.</summary>
    public static Layer ReadAnyIp(ref PacketCursor cursor) => cursor.Octets switch
    {
        [] => cursor.TooShort(),
        [var first, ..] when first >> 4 == 4 => Layer.Ipv4,
        [var first, ..] when first >> 4 == 6 => Layer.Ipv6,
        _ => cursor.IsMalformed(PacketFault.IpVersion),
    };

    public static Layer Next(EtherType type, ref PacketCursor cursor) => type switch
    {
        EtherType.Ipv4 => Layer.Ipv4,
        EtherType.Ipv6 => Layer.Ipv6,
        EtherType.Vlan or EtherType.ServiceVlan or EtherType.OldServiceVlan => Layer.Vlan,
        EtherType.Arp or EtherType.ReverseArp => cursor.Is(PacketKind.Arp),
        EtherType.Ppp => Layer.Ppp,
        EtherType.PppoeSession => Layer.Pppoe,
        EtherType.Mpls or EtherType.MplsMulticast => Layer.Mpls,
        EtherType.PortExtension => Layer.PortExtension,
        EtherType.VnTag or EtherType.Hsr => Layer.ShortTag,
        EtherType.BackboneService => cursor.Skip(4, Layer.Ethernet),
        EtherType.FabricPath => cursor.Skip(2, Layer.Ethernet),
        EtherType.ServiceHeader => Layer.ServiceHeader,
        _ => cursor.Is(PacketKind.NonIp),
    };

    private static Layer ReadLength(int length, ref PacketCursor cursor)
    {
        cursor.EndAfter(length);
        return Layer.Llc;
    }
}
