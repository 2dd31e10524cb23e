using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Listeners and their queues.</summary>
internal static class ListenSysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.core.somaxconn", "4096", "0 and more", "2.4", "The most that a program can get as backlog from listen(): the limit of the accept queue and, with SYN cookies on, of half-open requests.")
        {
            Unit = "connections",
            DefaultHere = SysctlDefaults.WhereThereIs("net.ipv4.tcp_no_ssthresh_metrics_save", "4096"),
            TakesEffect = Effect.AtListen,
            Raising = "Lets programs that ask for more have it. It gives nothing to a program that asks for 128.",
            Lowering = "Bursts of connections are dropped; clients see connects that take 1 s, 3 s, 7 s.",
            Myths = ["Raising it without a restart of the service changes nothing.", "It was 128 before Linux 5.4; old advice starts from there."],
            Conditions = ["accept-queue-overflow", "syn-flood"],
            Rule = SysctlRules.Below("net.core.somaxconn", 1024, Notice, "Caps the backlog of every listener; a short burst overflows it."),
        },
        new("net.ipv4.tcp_max_syn_backlog", "a 128th of tcp_ehash_entries, 128 or more", "0 and more", "2.2", "Half-open requests of a listener, but only with tcp_syncookies 0: then SYNs of unknown peers are dropped above three quarters of it.")
        {
            Unit = "connections",
            DefaultHere = SysctlDefaults.SynBacklog,
            Raising = "Nothing with cookies on (measured on 6.18: backlog 128 and this at 8 still took 129 requests).",
            Myths = ["It is no cure for overflows since Linux 4.4: the backlog of listen() is the limit, capped by somaxconn."],
            Conditions = ["syn-flood", "syn-recv-pileup"],
            Rule = SysctlRules.SynBacklog,
        },
        new("net.ipv4.tcp_syncookies", "1", "0 never, 1 when the queue of half-open requests is full, 2 always (for tests)", "2.2", "Answers SYNs without keeping anything, by hiding the state in the sequence number.")
        {
            Raising = "2 costs every connection the options that do not fit into the cookie: window scaling and SACK survive only with timestamps, the MSS becomes one of a few.",
            Lowering = "0: a flood fills the queue and nobody gets through.",
            Risk = "high when 0 on a public host",
            Myths = ["Cookies sent are not a proof of an attack: a small backlog under honest load sends them too. Compare SyncookiesRecv with SyncookiesSent."],
            Conditions = ["syn-flood"],
            Rule = SysctlRules.Syncookies,
        },
        new("net.ipv4.tcp_synack_retries", "5", "0 to 255", "2.2", "How often a SYN+ACK is repeated before a half-open request is dropped: 5 means 63 s.")
        {
            Unit = "retransmissions",
            TakesEffect = Effect.NextTimer,
            Raising = "Half-open requests live longer and fill the queue.",
            Lowering = "2 or 3 (7 s, 15 s) helps under a flood; clients on bad links get fewer tries.",
            Myths = ["5 is not 180 s: that was with a first timeout of 3 s, before Linux 3.1."],
            Conditions = ["syn-recv-pileup", "syn-flood"],
        },
        new("net.ipv4.tcp_abort_on_overflow", "0", "0 or 1", "2.4", "1: when the last ACK of a handshake meets a full accept queue, the client gets an RST and not another try.")
        {
            Raising = "Clients fail at once in that one case. SYNs that meet a full queue are dropped in silence as before.",
            Risk = "medium: short bursts become errors for clients",
            Myths = ["It does not make clients of an overloaded server fail fast: they mostly meet the drop of the SYN."],
            Conditions = ["accept-queue-overflow"],
            Rule = SysctlRules.When("net.ipv4.tcp_abort_on_overflow", 1, Notice, "A short burst that would have passed becomes a reset for clients, and SYNs are still dropped in silence."),
        },
        new("net.ipv4.tcp_migrate_req", "0", "0 or 1", "5.14", "1: when a listener of an SO_REUSEPORT group closes, its waiting connections move to another member of the group.")
        {
            Raising = "Rolling restarts lose no connections, if all listeners have the same options.",
            Risk = "medium: a connection can reach a listener with other options than its own",
            Conditions = ["reuseport-imbalance"],
        },
        new("net.ipv4.tcp_fastopen", "1", "bits: 1 client, 2 server, 4 client without a cookie, 0x200 server without a cookie, 0x400 all listeners", "3.7", "TCP Fast Open: data in the SYN (RFC 7413).")
        {
            TakesEffect = Effect.NewConnections,
            Risk = "medium: some firewalls drop SYNs with data",
            Conditions = ["syn-sent-pileup"],
        },
        new("net.ipv4.tcp_fastopen_blackhole_timeout_sec", "0", "0 and more; 0 never", "4.12", "How long the client side of TCP Fast Open pauses after it met a firewall that drops it.")
        {
            Unit = "s",
            DefaultHere = SysctlDefaults.WhereThereIs("net.ipv4.tcp_migrate_req", "0"),
        },
        new("net.ipv4.tcp_reflect_tos", "0", "0 or 1", "5.10", "1: answers carry the DSCP value that the client's SYN had.") { TakesEffect = Effect.NewConnections },
        new("net.ipv4.tcp_l3mdev_accept", "0", "0 or 1", "4.5", "1: a listener without a device accepts connections of every VRF, and the accepted sockets are bound to it.")
        {
            TakesEffect = Effect.NewConnections,
            OnlyWhere = "the kernel has VRF (CONFIG_NET_L3_MASTER_DEV)",
            Risk = "medium: services become reachable from other VRFs",
            Conditions = ["exposed-listener"],
        },
        new("net.ipv6.bindv6only", "0", "0 or 1", "2.4", "1: a socket on [::] takes only IPv6, unless the program says otherwise (IPV6_V6ONLY).")
        {
            TakesEffect = Effect.NewSockets,
            OnlyWhere = "IPv6 is built in",
            Raising = "Services that count on one socket for both families no longer answer on IPv4.",
            Risk = "medium",
            Conditions = ["exposed-listener", "port-conflict"],
        },
    ];
}
