namespace TcpLens.Capture;

/// <summary>IPv6 in UDP through NATs: Teredo, with its authentication and origin headers (RFC 4380 §5.1.1).</summary>
internal static class TeredoLayer
{
    public static Layer Read(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (octets is [0, 1, var identifier, var signature, ..] && cursor.TrySkip(4 + identifier + signature + 9))
        {
            octets = cursor.Octets;
        }

        if (octets is [0, 0, ..])
        {
            cursor.TrySkip(8);
        }

        return cursor.Octets is [var first, ..] && first >> 4 == 6 ? Layer.Ipv6 : cursor.Is(PacketKind.Udp);
    }
}
