using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>The header that libpcap makes up for Linux's "any" device (LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2).</summary>
internal static class CookedLayer
{
    private const int FirstLength = 16;
    private const int SecondLength = 20;

    public static Layer Read(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        return cursor.TrySkip(FirstLength) ? Next(BinaryPrimitives.ReadUInt16BigEndian(octets[14..]), ref cursor) : cursor.TooShort();
    }

    public static Layer ReadSecond(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        return cursor.TrySkip(SecondLength) ? Next(BinaryPrimitives.ReadUInt16BigEndian(octets), ref cursor) : cursor.TooShort();
    }

    // Linux's own numbers (include/uapi/linux/if_ether.h) stand below the smallest EtherType: 4 is an IEEE 802.2 frame.
    private static Layer Next(ushort type, ref PacketCursor cursor) => type switch
    {
        4 => Layer.Llc,
        < EthernetHeader.SmallestType => cursor.Is(PacketKind.NonIp),
        _ => EthernetLayer.Next((EtherType)type, ref cursor),
    };
}
