namespace TcpLens.Capture;

/// <summary>UDP (RFC 768).</summary>
internal static class UdpLayer
{
    public static Layer Read(ref PacketCursor cursor) => cursor.Is(PacketKind.Udp);
}
