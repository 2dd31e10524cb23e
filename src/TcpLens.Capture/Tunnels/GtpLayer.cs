namespace TcpLens.Capture;

/// <summary>User packets of mobile networks: GTP-U version 1 (3GPP TS 29.281 §5.1).</summary>
internal static class GtpLayer
{
    private const byte UserPacket = 255;
    private const byte VersionAndType = 0xf0;
    private const byte FirstVersion = 0x30;
    private const byte AnyOptional = 0x07;
    private const byte Extension = 0x04;

    public static Layer Read(ref PacketCursor cursor)
    {
        if (cursor.Octets is not [var flags, UserPacket, ..] || (flags & VersionAndType) != FirstVersion || !cursor.TrySkip(8))
        {
            return cursor.Is(PacketKind.Udp);
        }

        // One of the three optional fields brings all of them (§5.1), the type of the first extension header last.
        if ((flags & AnyOptional) == 0)
        {
            return EthernetLayer.ReadAnyIp(ref cursor);
        }

        byte next = cursor.Octets.Length >= 4 && (flags & Extension) != 0 ? cursor.Octets[3] : (byte)0;
        return cursor.TrySkip(4) ? SkipExtensions(next, ref cursor) : cursor.TooShort();
    }

    /// <summary>§5.2.1: a length in words of four at the front, the type of the next at the end.</summary>
    private static Layer SkipExtensions(byte next, ref PacketCursor cursor)
    {
        while (next != 0)
        {
            int length = cursor.Octets.Length > 0 ? cursor.Octets[0] * 4 : 0;
            if (length == 0 || length > cursor.Octets.Length)
            {
                return cursor.TooShort();
            }

            next = cursor.Octets[length - 1];
            cursor.TrySkip(length);
        }

        return EthernetLayer.ReadAnyIp(ref cursor);
    }
}
