namespace TcpLens.Capture;

/// <summary>ARCNET: with the short header of RFC 1051, or with the long one of RFC 1201.</summary>
internal static class ArcnetLayer
{
    /// <param name="addresses">Octets before the type: two of BSD's header, four of Linux'.</param>
    /// <param name="cursor">At the header.</param>
    public static Layer Read(int addresses, ref PacketCursor cursor)
    {
        const int SequenceLength = 3;
        if (cursor.Octets.Length <= addresses)
        {
            return cursor.TooShort();
        }

        return cursor.Octets[addresses] switch
        {
            240 => cursor.Skip(addresses + 1, Layer.Ipv4),
            212 => cursor.Skip(addresses + 1 + SequenceLength, Layer.Ipv4),
            196 => cursor.Skip(addresses + 1 + SequenceLength, Layer.Ipv6),
            241 or 213 => cursor.Is(PacketKind.Arp),
            _ => cursor.Is(PacketKind.NonIp),
        };
    }
}
