namespace TcpLens.Diagnosis;

/// <summary>TcpExt: the end of connections.</summary>
internal static class CloseCounters
{
    public static readonly CounterPage[] Pages =
    [
        new("TcpExt.TW", "Entries made that stay longer than 4 s: TIME-WAIT, and FIN-WAIT-2 that no process holds.", "Connections that this side closes. Times 60 s it is about how many there are.") { Conditions = ["time-wait-volume", "ephemeral-port-exhaustion"] },
        new("TcpExt.TWRecycled", "TIME-WAIT ports that connect() took over (tcp_tw_reuse).", "Reuse works; on loopback that is the default.")
        {
            NotToConfuse = "It has nothing to do with tcp_tw_recycle, which is gone.",
            Conditions = ["ephemeral-port-exhaustion"],
        },
        new("TcpExt.TWKilled", "Entries made that stay 4 s or less: short FIN-WAIT-2.", "") { NotToConfuse = "Nothing was killed; overflows are TCPTimeWaitOverflow." },
        new("TcpExt.TCPTimeWaitOverflow", "Entries that were refused: tcp_max_tw_buckets was reached, or memory.", "Peers get resets, and late segments can reach a new connection.")
        {
            NotToConfuse = "No line in the kernel's log tells of it.",
            Conditions = ["time-wait-bucket-overflow"],
        },
        new("TcpExt.TCPAbortOnData", "Aborts by RST: close() with SO_LINGER 0, or data that came after close().", "A program that hangs up, or peers that send to closed connections.") { Conditions = ["reset-storm-out"] },
        new("TcpExt.TCPAbortOnClose", "Aborts by RST: close() while received data was unread.", "A program that closes without reading to the end: request bodies, early errors.") { Conditions = ["reset-storm-out"] },
        new("TcpExt.TCPAbortOnMemory", "Orphans that were reset: tcp_max_orphans, or no memory.", "The end of answers is lost.") { Conditions = ["orphan-limit", "tcp-memory-pressure"] },
        new("TcpExt.TCPAbortOnTimeout", "Sockets that a timer ended: retransmissions, window probes, keepalive or TCP_USER_TIMEOUT.", "Peers or paths that died.")
        {
            NotToConfuse = "Connects that time out are in it; keepalive also sends an RST.",
            Conditions = ["slow-dead-peer-detection", "half-open-suspect"],
        },
        new("TcpExt.TCPAbortOnLinger", "FIN-WAIT-2 that was given up at once (TCP_LINGER2 below 0).") { Conditions = ["reset-storm-out"] },
        new("TcpExt.TCPAbortFailed", "An RST that could not be made or sent.", "Memory is short, or something on this host drops it.") { Conditions = ["tcp-memory-pressure", "local-drop"] },
    ];
}
