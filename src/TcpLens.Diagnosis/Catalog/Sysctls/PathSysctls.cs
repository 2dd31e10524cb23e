using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>The path: sizes that fit through it, ICMP, and answers to what does not fit a connection.</summary>
internal static class PathSysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_mtu_probing", "0", "0 off, 1 when a black hole is suspected, 2 always", "2.6.17", "Finds the size that fits by trying (RFC 4821), without ICMP.")
        {
            TakesEffect = "for connections made from now on; 1 also rescues standing ones at their next timeouts",
            Raising = "1 is a safety net for servers: a connection into a black hole goes on with segments of 1024 after about 4 s.",
            Risk = "low for 1, medium for 2",
            Myths = ["2 starts every connection with small segments."],
            Conditions = ["mtu-blackhole"],
            Rule = SysctlRules.When("net.ipv4.tcp_mtu_probing", 2, Notice, "Every connection starts with small segments; 1 probes only where a black hole is suspected."),
        },
        new("net.ipv4.tcp_base_mss", "1024", "", "2.6.17", "The size that probing starts from.") { Unit = "octets", Conditions = ["mtu-blackhole"] },
        new("net.ipv4.tcp_mtu_probe_floor", "48", "48 to 65535", "5.4", "Probing never goes below it.") { Unit = "octets", Conditions = ["mtu-blackhole"] },
        new("net.ipv4.tcp_probe_interval", "600", "", "4.1", "How often probing tries larger sizes again.") { Unit = "s", Conditions = ["mtu-blackhole"] },
        new("net.ipv4.tcp_probe_threshold", "8", "", "4.1", "Probing stops when the range is as narrow as this.") { Unit = "octets", Conditions = ["mtu-blackhole"] },
        new("net.ipv4.tcp_min_snd_mss", "48", "48 to 65535", "5.2", "The smallest segment size that a peer can make this host use; a guard against peers that ask for tiny ones.")
        {
            Unit = "octets",
            TakesEffect = Effect.NewConnections,
        },
        new("net.ipv4.ip_no_pmtu_disc", "0", "0, 1, 2 or 3", "2.2", "1 and 2: packets go out without DF, so that routers cut them; 3: believes only ICMP messages that match a socket.")
        {
            TakesEffect = Effect.NewSockets,
            Risk = "medium",
            Myths = ["1 is no cure for a black hole: let ICMP pass, clamp the MSS, or set tcp_mtu_probing 1."],
            Conditions = ["mtu-blackhole"],
            Rule = SysctlRules.NoPmtuDiscovery,
        },
        new("net.ipv4.ip_forward", "0", "0 or 1", "2.2", "1: passes packets on between interfaces. Hosts of containers and virtual machines need it.")
        {
            Raising = "Writing it, even the same value, sets other settings of the interfaces back.",
            Risk = "high: routing and firewall depend on it",
        },
        new("net.ipv4.icmp_ratelimit", "1000", "0 and more; 0 no limit", "2.2", "The least time between two ICMP errors to the same destination.") { Unit = "ms", Conditions = ["connection-refused", "mtu-blackhole"] },
        new("net.ipv4.tcp_challenge_ack_limit", "2147483647", "0 and more", "3.6", "The most challenge ACKs a second of the whole namespace (RFC 5961). Each socket has a limit of its own besides.")
        {
            Unit = "ACKs/s",
            DefaultHere = SysctlDefaults.ChallengeLimit,
            Lowering = "Opens a side channel: CVE-2016-5696.",
            Risk = "medium when lowered",
            Conditions = ["challenge-acks"],
            Rule = SysctlRules.ChallengeLimit,
        },
        new("net.ipv4.tcp_invalid_ratelimit", "500", "0 and more; 0 no limit", "4.0", "The least time between two answers of a socket to segments that do not fit it.")
        {
            Unit = "ms",
            Conditions = ["challenge-acks", "paws-drops"],
        },
        new("net.ipv6.conf.all.disable_ipv6", "0", "0 or 1", "2.6.29", "1: no interface has IPv6 addresses. Sockets of the family can still be made, and fail with EADDRNOTAVAIL.")
        {
            OnlyWhere = "IPv6 is built in",
            Risk = "high: what listens on [::1] or speaks IPv6 stops",
        },
        new("net.mptcp.enabled", "1", "0 or 1", "5.6", "Whether sockets with IPPROTO_MPTCP may be made.") { TakesEffect = Effect.NewSockets, OnlyWhere = "Multipath TCP is built in" },
    ];
}
