namespace TcpLens.Protocol;

/// <summary>What an IP packet carries (iana.org/assignments/protocol-numbers), as far as TCP may be found in it or told from it.</summary>
public enum IpProtocol : byte
{
    HopByHop = 0,
    Icmp = 1,
    Ipv4 = 4,
    Tcp = 6,
    Udp = 17,
    Ipv6 = 41,
    Routing = 43,
    Fragment = 44,
    Gre = 47,
    EncapsulatingSecurity = 50,
    Authentication = 51,
    Icmpv6 = 58,
    NoNext = 59,
    DestinationOptions = 60,
    EtherIp = 97,
    Sctp = 132,
    Mobility = 135,
    HostIdentity = 139,
    Shim6 = 140,
    Mpls = 137,
}
