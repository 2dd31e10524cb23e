namespace TcpLens.Diagnosis;

/// <summary>Advice about closing and opening connections that does harm or nothing, and that more than one page has to warn of.</summary>
internal static class CommonMyths
{
    public static readonly Myth TwRecycle = new(
        "net.ipv4.tcp_tw_recycle = 1",
        "Linux 4.12 removed it; before, it refused clients that share an address behind NAT");

    public static readonly Myth FinTimeoutForTimeWait = new(
        "lowering net.ipv4.tcp_fin_timeout",
        "it limits FIN_WAIT_2 without an owner; TIME_WAIT lasts 60 s whatever it says");

    public static readonly Myth FinTimeoutForCloseWait = new(
        "lowering net.ipv4.tcp_fin_timeout",
        "it limits FIN_WAIT_2 at the peer; CLOSE_WAIT has no timeout at all");

    public static readonly Myth FewerBuckets = new(
        "lowering net.ipv4.tcp_max_tw_buckets",
        "above it the kernel destroys TIME_WAIT at once: peers get resets, and late segments can reach a new connection");

    public static readonly Myth LingerZero = new(
        "SO_LINGER {1, 0}",
        "it closes with a reset, and what is still queued is lost");

    public static readonly Myth AbortOnOverflow = new(
        "net.ipv4.tcp_abort_on_overflow = 1",
        "SYNs are dropped silently all the same, so clients time out as before; only some get a reset instead of a retry that would have succeeded");

    public static readonly Myth MaxSynBacklog = new(
        "raising net.ipv4.tcp_max_syn_backlog alone",
        "with tcp_syncookies on, the queue of half-open connections is as long as the backlog that the program gave to listen()");

    public static readonly Myth SomaxconnAlone = new(
        "raising net.core.somaxconn alone",
        "the limit is taken when listen() is called, and never above what the program asked for");

    public static readonly Myth KeepAliveSettings = new(
        "net.ipv4.tcp_keepalive_time",
        "it switches nothing on; and a socket that keep-alive ends stays open in the program, where it is harder to see");
}
