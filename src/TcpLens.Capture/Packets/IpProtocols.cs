using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What follows an IP header.</summary>
internal static class IpProtocols
{
    public static Layer Next(IpProtocol protocol, ref PacketCursor cursor) => protocol switch
    {
        IpProtocol.Tcp => Layer.Tcp,
        IpProtocol.Udp => Layer.Udp,
        IpProtocol.Icmp => Layer.Icmp,
        IpProtocol.Icmpv6 => Layer.Icmpv6,
        _ => cursor.Is(PacketKind.OtherIp),
    };
}
