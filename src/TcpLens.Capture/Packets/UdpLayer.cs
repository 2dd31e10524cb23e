using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>UDP (RFC 768), for the tunnels in it.</summary>
internal static class UdpLayer
{
    public static Layer Read(ref PacketCursor cursor, bool opensTunnels)
    {
        if (!opensTunnels || !UdpHeader.TryParse(cursor.Octets, out UdpHeader header, out _))
        {
            return cursor.Is(PacketKind.Udp);
        }

        cursor.TrySkip(UdpHeader.HeaderLength);
        return UdpTunnels.Next(header.SourcePort, header.DestinationPort, ref cursor);
    }
}
