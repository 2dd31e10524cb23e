namespace TcpLens.Capture;

/// <summary>Links with a frame control and LLC behind their addresses: Token Ring (IEEE 802.5) and FDDI (ANSI X3T9.5).</summary>
internal static class TokenLayers
{
    private const byte SourceRouted = 0x80;
    private const byte RouteLength = 0x1f;

    public static Layer ReadTokenRing(ref PacketCursor cursor)
    {
        const int HeaderLength = 14;
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (octets.Length <= HeaderLength)
        {
            return cursor.TooShort();
        }

        int route = (octets[8] & SourceRouted) != 0 ? octets[HeaderLength] & RouteLength : 0;
        bool isLlc = (octets[1] & 0xc0) == 0x40;
        return isLlc ? cursor.Skip(HeaderLength + route, Layer.Llc) : cursor.Is(PacketKind.NonIp);
    }

    public static Layer ReadFddi(ref PacketCursor cursor)
    {
        const int HeaderLength = 13;
        return cursor.Octets switch
        {
            [var control, ..] when (control & 0xf0) == 0x50 => cursor.Skip(HeaderLength, Layer.Llc),
            [] => cursor.TooShort(),
            _ => cursor.Is(PacketKind.NonIp),
        };
    }
}
