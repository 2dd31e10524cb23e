using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>RSTs by which this machine ends a connection of its own accord.</summary>
internal static class AbortResets
{
    public static readonly ReasonPage[] Pages =
    [
        new("TCP_ABORT_ON_CLOSE", Warning, "closed with unread data", "close() while received data was unread: the peer must not believe that it was read (RFC 2525 2.17). What this end had sent and the peer had not read may be lost too.")
        {
            Advice = "Read to the end before close(), also after an early error.",
            SeeAlso = ["TCPAbortOnClose"],
            Conditions = ["reset-storm-out"],
        },
        new("TCP_STATE", Notice, "aborted: SO_LINGER 0, listener closed, or destroyed", "The connection was cut off: close() with SO_LINGER 0, connect() to AF_UNSPEC, a listener closed with connections in its accept queue, SOCK_DESTROY (ss -K, tcplens kill), or an orphan's FIN-WAIT-2 that lasted longer than allowed.")
        {
            Advice = "The change of state next to it says which: tcplens trace shows both.",
            SeeAlso = ["Tcp.EstabResets", "fin-wait-2"],
            Conditions = ["reset-storm-out"],
        },
        new("TCP_KEEPALIVE_TIMEOUT", Warning, "keep-alive probes unanswered", "The peer did not answer as many keep-alive probes as allowed (or TCP_USER_TIMEOUT passed): it is dead, gone, or cut off. The program gets ETIMEDOUT.")
        {
            SeeAlso = ["TCPAbortOnTimeout", "TCPKeepAlive", "tcp_keepalive_probes"],
            Conditions = ["half-open-suspect", "slow-dead-peer-detection"],
        },
        new("TCP_ABORT_ON_MEMORY", Warning, "too many orphans, or out of memory", "A connection that no process holds any more was ended because tcp_max_orphans or tcp_mem is exceeded. Its last data may be lost.")
        {
            SeeAlso = ["TCPAbortOnMemory", "tcp_max_orphans", "tcp_mem"],
            Conditions = ["orphan-limit", "orphan-pileup", "tcp-memory-pressure"],
        },
        new("TCP_ABORT_ON_LINGER", Notice, "no waiting in FIN-WAIT-2 (TCP_LINGER2)", "The program set TCP_LINGER2 below 0: close() in FIN-WAIT-2 ends the connection at once.") { SeeAlso = ["TCPAbortOnLinger", "fin-wait-2"], Conditions = ["reset-storm-out"] },
        new("TCP_DISCONNECT_WITH_DATA", Notice, "aborted with data unsent", "SO_LINGER 0 or connect() to AF_UNSPEC in CLOSING or LAST-ACK, with data still waiting to be sent.") { SeeAlso = ["last-ack"], Conditions = ["reset-storm-out"] },
        new("ERROR", Notice, "unexpected error", "MPTCP ended a path for a reason that has no name."),
    ];
}
