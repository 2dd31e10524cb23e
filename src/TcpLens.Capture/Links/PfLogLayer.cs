namespace TcpLens.Capture;

/// <summary>OpenBSD's pflog: a header that says its own length, in whole words once padded, and then the IP packet.</summary>
internal static class PfLogLayer
{
    public static Layer Read(ref PacketCursor cursor)
        => cursor.Octets is [var length, ..] ? cursor.Skip((length + 3) & ~3, Layer.AnyIp) : cursor.TooShort();
}
