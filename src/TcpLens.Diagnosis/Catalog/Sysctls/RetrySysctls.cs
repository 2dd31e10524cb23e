namespace TcpLens.Diagnosis;

/// <summary>How long TCP goes on when nobody answers.</summary>
internal static class RetrySysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_retries1", "3", "0 to 255", "2.2", "After so many retransmissions the route is looked up again and, with tcp_mtu_probing 1, smaller segments are tried.")
        {
            Unit = "retransmissions",
            TakesEffect = Effect.NextTimer,
            Conditions = ["stalled-transmission", "mtu-blackhole"],
        },
        new("net.ipv4.tcp_retries2", "15", "0 to 255", "2.2", "How long a live connection repeats unacknowledged data before it ends with ETIMEDOUT: 15 is at least 924.6 s, in practice 15 to 30 min.")
        {
            Unit = "retransmissions, turned into a time",
            TakesEffect = Effect.NextTimer,
            Raising = "Requests hang longer on peers that are gone.",
            Lowering = "8 is about 102 s, the least that RFC 1122 asks for. Below 5 an outage of a few seconds kills connections.",
            Risk = "medium when lowered: every connection of the namespace is meant",
            Myths = ["3 is 3 seconds, not 3 minutes.", "TCP_USER_TIMEOUT and time limits in programs do it for one service alone."],
            Conditions = ["slow-dead-peer-detection", "stalled-transmission"],
            Rule = SysctlRules.Retries2,
        },
        new("net.ipv4.tcp_rto_min_us", "200000", "1 and more", "6.11", "The shortest retransmission timeout.")
        {
            Unit = "us",
            TakesEffect = Effect.NewConnections,
            Lowering = "Faster repair inside a data centre; below the peer's delay of ACKs (40 ms and more) it repeats what was not lost.",
            Risk = "medium when lowered",
            Conditions = ["rto-and-tail-loss", "spurious-retransmission"],
        },
        new("net.ipv4.tcp_rto_max_ms", "120000", "1000 to 120000", "6.15", "The longest retransmission timeout. Together with tcp_retries2 it says when a connection ends.")
        {
            Unit = "ms",
            TakesEffect = Effect.NewConnections,
            Lowering = "Connections recover faster after an outage and also end earlier, unless tcp_retries2 is raised.",
            Risk = "medium",
            Conditions = ["slow-dead-peer-detection", "unsafe-sysctl"],
            Rule = SysctlRules.RtoMax,
        },
        new("net.ipv4.tcp_keepalive_time", "7200", "", "2.2", "How long a connection must be idle before the first keepalive probe; only for sockets that set SO_KEEPALIVE and no time of their own.")
        {
            Unit = "s",
            TakesEffect = Effect.NextTimer,
            Lowering = "300 or less keeps connections alive through NAT and load balancers (often 350 s).",
            Myths = ["It switches nothing on: a socket without SO_KEEPALIVE is never probed.", "Keepalive does not run while data is unacknowledged: then tcp_retries2 decides."],
            Conditions = ["missing-keepalive", "half-open-suspect"],
        },
        new("net.ipv4.tcp_keepalive_intvl", "75", "", "2.4", "Time between keepalive probes that got no answer.")
        {
            Unit = "s",
            TakesEffect = Effect.NextTimer,
            Conditions = ["missing-keepalive", "half-open-suspect"],
        },
        new("net.ipv4.tcp_keepalive_probes", "9", "0 to 255", "2.2", "Probes without an answer until the connection ends: with the other two defaults, 2 h 11 min.")
        {
            Unit = "probes",
            TakesEffect = Effect.NextTimer,
            Conditions = ["missing-keepalive", "half-open-suspect"],
        },
        new("net.ipv4.tcp_thin_linear_timeouts", "0", "0 or 1", "2.6.34", "1: connections with fewer than four segments under way repeat six times before their timeouts double.")
        {
            Raising = "Games and telnet recover faster; the network gets no relief.",
            Conditions = ["rto-and-tail-loss"],
        },
        new("net.ipv4.tcp_retrans_collapse", "1", "0 or 1", "2.2", "1: small segments are put together when they are repeated.") { Conditions = ["retransmission-rate"] },
    ];
}
