using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>
/// The four octets of BSD's loopback: an address family, in the byte order of the capturing machine (LINKTYPE_NULL) or of the network
/// (LINKTYPE_LOOP). The number for IPv6 differs from system to system, so every one of them is taken.
/// </summary>
internal static class NullLayer
{
    public static Layer Read(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (!cursor.TrySkip(sizeof(uint)))
        {
            return cursor.TooShort();
        }

        uint family = BinaryPrimitives.ReadUInt32BigEndian(octets);
        return (family > ushort.MaxValue ? BinaryPrimitives.ReverseEndianness(family) : family) switch
        {
            2 => Layer.Ipv4,
            10 or 24 or 28 or 30 => Layer.Ipv6,
            _ => cursor.Is(PacketKind.NonIp),
        };
    }
}
