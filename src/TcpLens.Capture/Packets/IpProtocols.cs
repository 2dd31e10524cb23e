using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What follows an IP header.</summary>
internal static class IpProtocols
{
    public static Layer Next(IpProtocol protocol, ref PacketCursor cursor, bool opensTunnels) => protocol switch
    {
        IpProtocol.Tcp => Layer.Tcp,
        IpProtocol.Udp => Layer.Udp,
        IpProtocol.Icmp => Layer.Icmp,
        IpProtocol.Icmpv6 => Layer.Icmpv6,
        IpProtocol.Ipv4 when opensTunnels => Layer.Ipv4,
        IpProtocol.Ipv6 when opensTunnels => Layer.Ipv6,
        IpProtocol.Gre when opensTunnels => Layer.Gre,
        IpProtocol.EtherIp when opensTunnels => Layer.EtherIp,
        IpProtocol.Mpls when opensTunnels => Layer.Mpls,
        _ => cursor.Is(PacketKind.OtherIp),
    };
}
