namespace TcpLens.Capture;

/// <summary>Which header comes next in a packet. Each has one method that reads it and says what follows.</summary>
internal enum Layer : byte
{
    /// <summary>Nothing more to read: the cursor's kind says what the packet was.</summary>
    End,

    // Links
    Ethernet,
    LinuxCooked,
    LinuxCooked2,
    BsdNull,
    Ppp,
    SerialPpp,

    // Between links and IP
    Vlan,
    Llc,

    // Internet
    AnyIp,
    Ipv4,
    Ipv6,
    Tcp,
    Udp,
    Icmp,
    Icmpv6,
}
