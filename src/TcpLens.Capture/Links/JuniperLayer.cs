using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>What Juniper's routers put before an Ethernet frame: a cookie, flags, and extensions with their length.</summary>
internal static class JuniperLayer
{
    private const byte HasExtensions = 0x80;
    private const byte HasNoLinkHeader = 0x02;

    public static Layer Read(ref PacketCursor cursor)
    {
        if (cursor.Octets.Length < 4)
        {
            return cursor.TooShort();
        }

        if (cursor.Octets is not [(byte)'M', (byte)'G', (byte)'C', var flags, ..])
        {
            return cursor.IsMalformed(PacketFault.Encapsulation);
        }

        cursor.TrySkip(4);
        if ((flags & HasExtensions) != 0 && !TrySkipExtensions(ref cursor))
        {
            return cursor.TooShort();
        }

        return (flags & HasNoLinkHeader) == 0 ? Layer.Ethernet : cursor.Skip(4, Layer.AnyIp);
    }

    private static bool TrySkipExtensions(ref PacketCursor cursor)
        => cursor.Octets.Length >= 2 && cursor.TrySkip(2 + BinaryPrimitives.ReadUInt16BigEndian(cursor.Octets));
}
