namespace TcpLens.Diagnosis;

/// <summary>TcpExt: handshakes and listeners.</summary>
internal static class ListenCounters
{
    public static readonly CounterPage[] Pages =
    [
        new("TcpExt.SyncookiesSent", "SYN+ACKs that carried a cookie.", "The queue of half-open requests of a listener is full: a flood, or a small backlog.") { Conditions = ["syn-flood"] },
        new("TcpExt.SyncookiesRecv", "Last ACKs with a valid cookie.", "Close to SyncookiesSent: honest clients and a small backlog. Far below: an attack.") { Conditions = ["syn-flood"] },
        new("TcpExt.SyncookiesFailed", "ACKs that look like the last of a handshake and carry no valid cookie; looked at only for two minutes after an overflow.", "Late or forged ACKs.") { Conditions = ["syn-flood"] },
        new("TcpExt.EmbryonicRsts", "Half-open requests that an RST or SYN ended.", "Clients that hang up during the handshake; scanners.") { Conditions = ["syn-recv-pileup", "reset-storm-in"] },
        new("TcpExt.ListenOverflows", "The accept queue was full when a SYN or the last ACK came.", "A program does not accept fast enough, or asked for too small a backlog. Clients wait 1 s, 3 s, 7 s.")
        {
            NotToConfuse = "It is about finished connections that wait for accept(); half-open ones have TCPReqQFullDoCookies and TCPReqQFullDrop.",
            Conditions = ["accept-queue-overflow", "unaccepted-connections"],
        },
        new("TcpExt.ListenDrops", "Whatever a listener dropped: an overflow, a full queue without cookies, no memory, no route.", "As ListenOverflows, when both grow alike.")
        {
            NotToConfuse = "Every overflow counts here too; answers with a cookie do not. Which listener it was, its own drops tell: tcplens list state listen --info.",
            Conditions = ["accept-queue-overflow", "syn-flood"],
        },
        new("TcpExt.TCPReqQFullDoCookies", "A SYN met a full queue of half-open requests and was answered with a cookie.", "The same as SyncookiesSent; with tcp_syncookies 2 every SYN.") { Conditions = ["syn-flood"] },
        new("TcpExt.TCPReqQFullDrop", "A SYN met a full queue of half-open requests and was dropped, because cookies are off.", "New clients get no answer.") { Conditions = ["syn-flood"] },
        new("TcpExt.TCPDeferAcceptDrop", "A last ACK without data was ignored, because the listener wants data first (TCP_DEFER_ACCEPT).", "Normal for such listeners; the clients believe to be connected.") { Conditions = ["syn-recv-pileup"] },
        new("TcpExt.TCPMigrateReqSuccess", "Requests that moved to another listener of their group (tcp_migrate_req).") { Conditions = ["reuseport-imbalance"] },
        new("TcpExt.TCPMigrateReqFailure", "Requests that could not be moved.", "Connections lost when a listener closed.") { Conditions = ["reuseport-imbalance"] },
        new("TcpExt.TCPSynRetrans", "SYNs and SYN+ACKs sent again.", "Connects without an answer, or half-open requests without a last ACK.") { Conditions = ["syn-sent-pileup", "syn-recv-pileup", "local-drop"] },
        new("TcpExt.TCPFastOpenActive", "Connects whose SYN carried data that was accepted."),
        new("TcpExt.TCPFastOpenActiveFail", "Connects whose data in the SYN was not accepted, or whose SYN was lost.", "A firewall that drops SYNs with data.") { Conditions = ["syn-sent-pileup"] },
        new("TcpExt.TCPFastOpenPassive", "Connections accepted with data in the SYN."),
        new("TcpExt.TCPFastOpenPassiveFail", "SYNs with data and a cookie that were not accepted so."),
        new("TcpExt.TCPFastOpenListenOverflow", "More half-open fast-open connections than the listener allows.", "Clients fall back to the usual handshake.") { Conditions = ["syn-flood"] },
        new("TcpExt.TCPFastOpenCookieReqd", "SYNs that asked for a cookie."),
        new("TcpExt.TCPFastOpenBlackhole", "Times that fast open was paused because of a black hole.", "A firewall on the way drops it."),
        new("TcpExt.TCPFastOpenPassiveAltKey", "Connections accepted with the second key."),
    ];
}
