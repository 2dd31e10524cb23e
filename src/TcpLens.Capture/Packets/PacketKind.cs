namespace TcpLens.Capture;

/// <summary>What a packet of a capture was, each packet once.</summary>
public enum PacketKind : byte
{
    Tcp,

    /// <summary>An ICMP or ICMPv6 error that quotes a TCP segment.</summary>
    IcmpAboutTcp,
    Icmp,
    Udp,

    /// <summary>Another protocol over IP, or one that hides what it carries (ESP, a tunnel that is not opened).</summary>
    OtherIp,
    Arp,

    /// <summary>Neither IP nor ARP.</summary>
    NonIp,

    /// <summary>A fragment that completed no datagram.</summary>
    Fragment,

    /// <summary>The capture kept too little of it to say more.</summary>
    Cut,

    /// <summary>Its headers contradict each other: see <see cref="PacketFault"/>.</summary>
    Malformed,

    /// <summary>Of a link type that is not read.</summary>
    UnknownLink,

    /// <summary>Left out by <see cref="ReaderOptions.Accepts"/>.</summary>
    LeftOut,
}
