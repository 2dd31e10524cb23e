namespace TcpLens.Diagnosis;

/// <summary>How a connection ended, as far as the records of a trace tell.</summary>
public enum ClosingKind : byte
{
    /// <summary>The source does not tell.</summary>
    Unknown,

    /// <summary>This end's FIN was first, and the peer's came: TIME-WAIT is here.</summary>
    Active,

    /// <summary>The peer's FIN was first.</summary>
    Passive,

    /// <summary>The FINs crossed.</summary>
    Simultaneous,

    /// <summary>This end's FIN was acknowledged and no process holds the socket; the peer's had not come yet.</summary>
    HalfClosed,

    /// <summary>The same, and the peer's FIN did not come within tcp_fin_timeout.</summary>
    FinWait2TimedOut,

    /// <summary>
    /// An orphan's FIN-WAIT-2 that this machine ended without an error: data came after close(), TCP_LINGER2 is below 0, or a limit of
    /// TIME-WAITs or orphans was reached.
    /// </summary>
    FinWait2CutShort,

    /// <summary>Both FINs came, and there was no room for the TIME-WAIT (tcp_max_tw_buckets, memory).</summary>
    TimeWaitRefused,

    /// <summary>An RST came.</summary>
    ResetByPeer,

    /// <summary>A process of this machine aborted it: close() with unread data or with SO_LINGER 0.</summary>
    ResetByUs,

    /// <summary>An RST came to an orphan, or data did and was answered with one: the kernel leaves the same error.</summary>
    Reset,

    /// <summary>It waited for accept() when its listener was closed, and was reset.</summary>
    NeverAccepted,

    /// <summary>The SYN was answered with an RST, or an ICMP port unreachable.</summary>
    Refused,

    /// <summary>Sent segments were not acknowledged for as long as this machine tries.</summary>
    TimedOut,

    /// <summary>The peer's window stayed closed, and TCP_USER_TIMEOUT or the limit of an orphan passed.</summary>
    WindowStayedClosed,

    /// <summary>Keep-alive probes were not answered.</summary>
    KeepAliveDied,

    /// <summary>The network said that the peer cannot be reached.</summary>
    Unreachable,

    /// <summary>connect() found no free local port.</summary>
    NoLocalPort,

    /// <summary>The process gave up a connect() that had not come to an end.</summary>
    ConnectGivenUp,

    /// <summary>SOCK_DESTROY ended it (ss -K, tcplens kill).</summary>
    Destroyed,

    /// <summary>An orphan that tcp_max_orphans or tcp_mem did not allow.</summary>
    OutOfResources,

    /// <summary>Not a connection: a listener was closed.</summary>
    ListenerClosed,
}

/// <summary>The names of <see cref="ClosingKind"/>.</summary>
public static class ClosingKinds
{
    /// <summary>For a column: "active", "reset by peer".</summary>
    public static string Words(this ClosingKind kind) => kind switch
    {
        ClosingKind.Unknown => "not known",
        ClosingKind.Active => "active",
        ClosingKind.Passive => "passive",
        ClosingKind.Simultaneous => "simultaneous",
        ClosingKind.HalfClosed => "active, FIN awaited",
        ClosingKind.FinWait2TimedOut => "active, no FIN came",
        ClosingKind.FinWait2CutShort => "active, cut short",
        ClosingKind.TimeWaitRefused => "active, no TIME_WAIT",
        ClosingKind.ResetByPeer => "reset by peer",
        ClosingKind.ResetByUs => "reset by us",
        ClosingKind.Reset => "reset",
        ClosingKind.NeverAccepted => "never accepted",
        ClosingKind.Refused => "refused",
        ClosingKind.TimedOut => "timed out",
        ClosingKind.WindowStayedClosed => "window stayed closed",
        ClosingKind.KeepAliveDied => "keep-alive died",
        ClosingKind.Unreachable => "unreachable",
        ClosingKind.NoLocalPort => "no local port",
        ClosingKind.ConnectGivenUp => "given up",
        ClosingKind.Destroyed => "destroyed",
        ClosingKind.OutOfResources => "orphan limit",
        ClosingKind.ListenerClosed => "listener closed",
    };

    /// <summary>For JSON: "active", "reset_by_peer".</summary>
    public static string Id(this ClosingKind kind) => kind switch
    {
        ClosingKind.Unknown => "unknown",
        ClosingKind.Active => "active",
        ClosingKind.Passive => "passive",
        ClosingKind.Simultaneous => "simultaneous",
        ClosingKind.HalfClosed => "half_closed",
        ClosingKind.FinWait2TimedOut => "fin_wait2_timed_out",
        ClosingKind.FinWait2CutShort => "fin_wait2_cut_short",
        ClosingKind.TimeWaitRefused => "time_wait_refused",
        ClosingKind.ResetByPeer => "reset_by_peer",
        ClosingKind.ResetByUs => "reset_by_us",
        ClosingKind.Reset => "reset",
        ClosingKind.NeverAccepted => "never_accepted",
        ClosingKind.Refused => "refused",
        ClosingKind.TimedOut => "timed_out",
        ClosingKind.WindowStayedClosed => "window_stayed_closed",
        ClosingKind.KeepAliveDied => "keepalive_died",
        ClosingKind.Unreachable => "unreachable",
        ClosingKind.NoLocalPort => "no_local_port",
        ClosingKind.ConnectGivenUp => "connect_given_up",
        ClosingKind.Destroyed => "destroyed",
        ClosingKind.OutOfResources => "out_of_resources",
        ClosingKind.ListenerClosed => "listener_closed",
    };
}
