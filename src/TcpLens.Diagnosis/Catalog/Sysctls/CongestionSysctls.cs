using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>How fast to send.</summary>
internal static class CongestionSysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_congestion_control", "cubic, unless the kernel was built with another", "a name of tcp_available_congestion_control", "2.6.13", "The congestion control of new sockets.")
        {
            DefaultHere = SysctlDefaults.Unknown,
            TakesEffect = "for sockets made from now on; accepted ones take their listener's, so services have to be restarted",
            Raising = "bbr bears random loss and keeps queues short; with the fq qdisc it paces best.",
            Risk = "low to medium: algorithms share a narrow link unequally",
            Conditions = ["throughput-limiter", "bufferbloat", "retransmission-rate"],
        },
        new("net.ipv4.tcp_available_congestion_control", "what is built in or loaded", "", "2.6.20", "Algorithms that are there. More may exist as modules (modprobe tcp_bbr).") { IsReadOnly = true },
        new("net.ipv4.tcp_allowed_congestion_control", "reno and the default one", "names of tcp_available_congestion_control", "2.6.20", "Algorithms that programs without CAP_NET_ADMIN may choose (TCP_CONGESTION).") { DefaultHere = SysctlDefaults.Unknown },
        new("net.ipv4.tcp_slow_start_after_idle", "1", "0 or 1", "2.6.18", "1: after a pause longer than a retransmission timeout a connection starts slowly again. BBR does not look at it.")
        {
            Lowering = "0: bursts after a pause go out at the old speed. Good for long-lived request and response inside one's own network.",
            Risk = "low inside one's own network, medium over the internet: a burst can overrun a path that has changed",
            Conditions = ["slow-start-after-idle"],
        },
        new("net.ipv4.tcp_no_metrics_save", "0", "0 or 1", "2.6.6", "1: forgets at the end of a connection what was learnt of the destination (round-trip time, window, reordering).")
        {
            Raising = "Every connection starts from nothing.",
            Conditions = ["unsafe-sysctl"],
            Rule = SysctlRules.When("net.ipv4.tcp_no_metrics_save", 1, Notice, "Every connection learns its path anew."),
        },
        new("net.ipv4.tcp_no_ssthresh_metrics_save", "1", "0 or 1", "5.6", "1: of those, the slow-start threshold is not kept, because one bad connection would slow down the next ones."),
        new("net.ipv4.tcp_pacing_ss_ratio", "200", "0 to 1000", "4.3", "Pacing in slow start: this share of the window by the round-trip time.") { Unit = "%" },
        new("net.ipv4.tcp_pacing_ca_ratio", "120", "0 to 1000", "4.3", "The same in congestion avoidance.") { Unit = "%" },
        new("net.ipv4.tcp_ecn", "2", "0 off, 1 ask and accept, 2 accept only; 3 to 5 for AccECN on kernels that take them (6.18 does not)", "2.4", "Explicit congestion notification: routers mark packets instead of dropping them (RFC 3168, RFC 9768).")
        {
            TakesEffect = Effect.NewConnections,
            Raising = "1: offers it on outgoing connections; a path that drops such SYNs costs a retry (tcp_ecn_fallback).",
            Conditions = ["bufferbloat"],
        },
        new("net.ipv4.tcp_ecn_fallback", "1", "0 or 1", "4.1", "1: a SYN with ECN that gets no answer is repeated without.") { Conditions = ["syn-sent-pileup"] },
        new("net.ipv4.tcp_ecn_option", "2", "0 to 2", "6.18", "When the AccECN option is sent.") { OnlyWhere = "the kernel has accurate ECN (6.18)" },
        new("net.ipv4.tcp_ecn_option_beacon", "3", "0 to 3", "6.18", "How often at least in a round trip.") { OnlyWhere = "the kernel has accurate ECN (6.18)" },
        new("net.ipv4.tcp_plb_enabled", "0", "0 or 1", "6.2", "1: protective load balancing: an IPv6 flow that meets congestion marks changes its flow label, and so its path.")
        {
            Risk = "medium: only in networks built for it",
            Conditions = ["reordering-duplication"],
        },
        new("net.ipv4.tcp_min_rtt_wlen", "300", "0 to 86400", "4.4", "For how long the shortest round-trip time is remembered.") { Unit = "s", Conditions = ["bufferbloat"] },
        new("net.core.default_qdisc", "pfifo_fast; many distributions build in or set fq_codel", "name of a qdisc", "3.12", "The queue that an interface gets when it comes up.")
        {
            DefaultHere = SysctlDefaults.Unknown,
            TakesEffect = "for interfaces made from now on; those that are up keep theirs (tc qdisc replace)",
            Raising = "fq for hosts that send, fq_codel or cake at the bottleneck.",
            Conditions = ["bufferbloat", "local-drop"],
        },
    ];
}
