namespace TcpLens.Capture;

/// <summary>Mirrored Ethernet frames of switches: ERSPAN types II and III (draft-foschiano-erspan); type I is a bare GRE header.</summary>
internal static class ErspanLayer
{
    public static Layer Read(ref PacketCursor cursor) => cursor.Skip(8, Layer.Ethernet);

    public static Layer ReadThree(ref PacketCursor cursor)
    {
        const int HeaderLength = 12;
        const int SubheaderLength = 8;
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (octets.Length < HeaderLength)
        {
            return cursor.TooShort();
        }

        bool hasSubheader = (octets[HeaderLength - 1] & 1) != 0;
        return cursor.Skip(HeaderLength + (hasSubheader ? SubheaderLength : 0), Layer.Ethernet);
    }
}
