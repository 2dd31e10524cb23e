namespace TcpLens.Capture;

/// <summary>One label of MPLS (RFC 3032 §2.1). What follows the last is not said; it is guessed by its first four bits.</summary>
internal static class MplsLayer
{
    private const int LabelLength = 4;

    public static Layer Read(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (!cursor.TrySkip(LabelLength))
        {
            return cursor.TooShort();
        }

        bool isLast = (octets[2] & 1) != 0;
        return isLast ? Guess(ref cursor) : Layer.Mpls;
    }

    // RFC 4928 §3: neither 4 nor 6 is IP only by habit, but every router relies on it; 0 is the control word of a pseudowire (RFC 4385 §3).
    private static Layer Guess(ref PacketCursor cursor) => cursor.Octets switch
    {
        [] => cursor.TooShort(),
        [var first, ..] when first >> 4 == 4 => Layer.Ipv4,
        [var first, ..] when first >> 4 == 6 => Layer.Ipv6,
        [var first, ..] when first >> 4 == 0 => cursor.Skip(LabelLength, Layer.Ethernet),
        _ => cursor.Is(PacketKind.NonIp),
    };
}
