namespace TcpLens.Diagnosis;

/// <summary>The table of connections of the firewall: NAT and stateful rules need it, and it counts every connection once more.</summary>
internal static class ConntrackSysctls
{
    private const string Loaded = "the nf_conntrack module is loaded";

    public static readonly SysctlPage[] Pages =
    [
        new("net.netfilter.nf_conntrack_max", "as many as buckets", "0 and more", "2.6", "The most entries. When all are in use and none can be given up, new connections are dropped. The limit is the host's, the count each namespace's.")
        {
            Unit = "entries",
            OnlyWhere = Loaded,
            DefaultHere = SysctlDefaults.Conntrack,
            Raising = "About 256 octets each or more; raise the buckets with it.",
            Lowering = "Random new connections fail.",
            Risk = "low when raised",
            Myths = ["Millions here with the old number of buckets make every packet slow.", "Emptying the table ends connections behind NAT."],
            Conditions = ["conntrack-full"],
            Rule = SysctlRules.ConntrackMax,
        },
        new("net.netfilter.nf_conntrack_buckets", "by memory: 65536 above 1 GiB, 262144 above 4 GiB", "1024 and more", "2.6", "Buckets of the table.") { Unit = "buckets", OnlyWhere = Loaded, DefaultHere = SysctlDefaults.Conntrack, Conditions = ["conntrack-full"] },
        new("net.netfilter.nf_conntrack_count", "", "", "2.6", "Entries in use in this namespace.") { IsReadOnly = true, Unit = "entries", OnlyWhere = Loaded, Conditions = ["conntrack-full"] },
        new("net.netfilter.nf_conntrack_tcp_be_liberal", "0", "0 or 1", "2.6", "1: only RSTs outside of the window are called invalid, and no other segments.")
        {
            OnlyWhere = Loaded,
            Risk = "low",
            Raising = "Helps where paths are asymmetric, or offloads confuse the tracking.",
            Conditions = ["reset-storm-in", "local-drop"],
        },
        new("net.netfilter.nf_conntrack_tcp_loose", "1", "0 or 1", "2.6", "1: takes up connections that it did not see begin.")
        {
            OnlyWhere = Loaded,
            Lowering = "0: after a reload of the firewall or a failover every connection that stands is invalid. Needed by SYN proxies.",
            Risk = "medium when 0",
            Conditions = ["reset-storm-in"],
        },
        new("net.netfilter.nf_conntrack_tcp_max_retrans", "3", "0 to 255", "2.6", "After so many repeats without an answer the entry gets the shorter time of timeout_max_retrans.") { OnlyWhere = Loaded, Unit = "retransmissions" },
        Timeout("established", 432000, "An idle connection (5 days by default).") with
        {
            Lowering = "86400 frees entries of connections that died. Not below 7440 (2 h 4 min, RFC 5382).",
            Risk = "medium: idle connections behind NAT break when theirs is forgotten",
            Conditions = ["conntrack-full", "half-open-suspect"],
            Rule = SysctlRules.ConntrackEstablished,
        },
        Timeout("syn_sent", 120, "A SYN without an answer."),
        Timeout("syn_recv", 60, "A handshake without its last ACK."),
        Timeout("fin_wait", 120, "One FIN has passed."),
        Timeout("close_wait", 60, "A FIN has passed and is acknowledged; the other side has not closed. A half-closed connection that is silent longer is forgotten."),
        Timeout("last_ack", 30, "The second FIN has passed."),
        Timeout("time_wait", 120, "Both have closed. It is another table than the kernel's TIME-WAIT, which is 60 s."),
        Timeout("close", 10, "An RST has passed."),
        Timeout("max_retrans", 300, "Repeated more often than nf_conntrack_tcp_max_retrans without an answer."),
        Timeout("unacknowledged", 300, "Data has passed that nobody has acknowledged."),
    ];

    private static SysctlPage Timeout(string state, int seconds, string what)
        => new($"net.netfilter.nf_conntrack_tcp_timeout_{state}", $"{seconds}", "", "2.6", $"How long an entry is kept in this stage. {what}")
        {
            Unit = "s",
            OnlyWhere = Loaded,
            TakesEffect = "when an entry next sees a packet",
            Conditions = ["conntrack-full"],
        };
}
