using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>GRE with its optional fields (RFC 2784, RFC 2890), and PPTP's form of it (RFC 2637 §4.1).</summary>
internal static class GreLayer
{
    private const int Checksum = 0x8000;
    private const int Routing = 0x4000;
    private const int Key = 0x2000;
    private const int Sequence = 0x1000;
    private const int Acknowledgment = 0x0080;
    private const int Version = 0x0007;
    private const int PptpVersion = 1;
    private const ushort Wccp = 0x883e;
    private const ushort WirelessController = 0x8200;

    public static Layer Read(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (octets.Length < 4)
        {
            return cursor.TooShort();
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(octets);
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        if ((flags & Routing) != 0 || (flags & Version) > PptpVersion)
        {
            // RFC 2784 §2: routing is gone since RFC 1701, and who meets it drops the packet.
            return cursor.Is(PacketKind.OtherIp);
        }

        return cursor.TrySkip(Length(flags)) ? Next(type, (flags & Sequence) != 0, ref cursor) : cursor.TooShort();
    }

    private static int Length(int flags)
        => 4 + Field(flags, Checksum) + Field(flags, Key) + Field(flags, Sequence)
            + ((flags & Version) == PptpVersion ? Field(flags, Acknowledgment) : 0);

    private static int Field(int flags, int field) => (flags & field) != 0 ? 4 : 0;

    private static Layer Next(ushort type, bool hasSequence, ref PacketCursor cursor) => (EtherType)type switch
    {
        EtherType.TransparentEthernet => Layer.Ethernet,
        EtherType.Erspan => hasSequence ? Layer.Erspan : Layer.Ethernet,
        EtherType.ErspanThree => Layer.ErspanThree,
        (EtherType)Wccp => NextAfterWccp(ref cursor),
        (EtherType)WirelessController => Layer.Wireless,
        _ => EthernetLayer.Next((EtherType)type, ref cursor),
    };

    /// <summary>Version 2 puts four octets before the packet, version 1 nothing: the first of them is never IP's version.</summary>
    private static Layer NextAfterWccp(ref PacketCursor cursor)
        => cursor.Octets is [var first, ..] && first >> 4 == 4 ? Layer.Ipv4 : cursor.Skip(4, Layer.Ipv4);
}
