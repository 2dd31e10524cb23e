namespace TcpLens.Linux;

/// <summary>Which interfaces wrap packets into others, so that what fits into them is less than the path would carry.</summary>
internal static class Tunnels
{
    private const ushort Ethernet = 1;      // ARPHRD_ETHER (linux/if_arp.h)
    private const ushort PointToPoint = 512;
    private const ushort RawIp = 519;
    private const ushort IpInIp = 768;
    private const ushort IpInIpV6 = 769;
    private const ushort V6InV4 = 776;
    private const ushort Gre = 778;
    private const ushort GreV6 = 823;
    private const ushort NoHeader = 65534;  // tun in its first mode, WireGuard

    private static readonly HashSet<string> Kinds =
    [
        "amt", "bareudp", "erspan", "geneve", "gre", "gretap", "gtp", "ip6erspan", "ip6gre", "ip6gretap", "ip6tnl", "ipip", "l2tpeth",
        "ovpn", "ppp", "sit", "vti", "vti6", "vxlan", "wireguard", "xfrm",
    ];

    /// <param name="kind">What the driver calls itself (IFLA_INFO_KIND); null for hardware and the first devices of some drivers.</param>
    /// <param name="hardwareType">ARPHRD_…: a driver that is too old for a kind still says this.</param>
    public static bool IsTunnel(string? kind, ushort hardwareType) => kind switch
    {
        "tun" => hardwareType != Ethernet,   // A tap carries whole frames, mostly those of a virtual machine.
        not null when Kinds.Contains(kind) => true,
        _ => hardwareType is PointToPoint or RawIp or IpInIp or IpInIpV6 or V6InV4 or Gre or GreV6 or NoHeader,
    };
}
