namespace TcpLens.Capture;

/// <summary>Which header comes next in a packet. Each has one method that reads it and says what follows.</summary>
internal enum Layer : byte
{
    /// <summary>Nothing more to read: the cursor's kind says what the packet was.</summary>
    End,

    // Links, and what stands between them and IP
    Ethernet,
    Vlan,
    PortExtension,
    ShortTag,
    ServiceHeader,
    Llc,
    LinuxCooked,
    LinuxCooked2,
    BsdNull,
    Ppp,
    SerialPpp,
    Pppoe,
    Mpls,
    Wireless,

    // Internet
    AnyIp,
    Ipv4,
    Ipv6,
    Tcp,
    Udp,
    Icmp,
    Icmpv6,

    // Tunnels with a number of their own; those in UDP are found by port
    Gre,
    Erspan,
    ErspanThree,
    EtherIp,
}
