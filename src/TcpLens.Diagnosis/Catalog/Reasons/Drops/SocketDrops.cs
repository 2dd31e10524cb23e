using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>No socket for it, or one that cannot take it: closed, full, busy, out of memory.</summary>
internal static class SocketDrops
{
    public static readonly ReasonPage[] Pages =
    [
        new("NO_SOCKET", Notice, "no such connection or listener", "Nobody listens on that port and no connection has these addresses. An RST answers it, but for an RST. Scanners, clients of a service that is down, and segments that come late for a connection that is over.")
        {
            SeeAlso = ["Tcp.OutRsts", "ECONNREFUSED"],
            Conditions = ["connection-refused", "reset-storm-out"],
        },
        new("TCP_LISTEN_OVERFLOW", Warning, "accept queue full", "The last ACK of a handshake came and the listener's accept queue was full: the program does not accept fast enough. (Rarely: no memory for the new socket.) The client believes to be connected; the SYN-ACK is repeated until there is room or the tries are over.")
        {
            Advice = "A SYN that meets a full accept queue is thrown away without this event; ListenOverflows counts both.",
            SeeAlso = ["ListenOverflows", "somaxconn", "tcp_abort_on_overflow"],
            Conditions = ["accept-queue-overflow", "unaccepted-connections"],
        },
        new("TCP_ABORT_ON_DATA", Notice, "data for a closed socket", "The process had closed the socket and the peer went on sending: nobody can read it, so that an RST answers it and the connection is over. Also FIN-WAIT-2 with TCP_LINGER2 below 0.")
        {
            SeeAlso = ["TCPAbortOnData", "fin-wait-2"],
            Conditions = ["reset-storm-out"],
        },
        new("TCP_CLOSE", Info, "connection already over", "It waited for a socket that a process had locked, and the connection ended in the meantime.") { SeeAlso = ["closed"] },
        new("TCP_FASTOPEN", Notice, "not part of the fast-open handshake", "The child of a TCP Fast Open is waiting for the last ACK of its handshake, and this was a repeated SYN or something that does not fit.") { SeeAlso = ["TCPFastOpenPassiveFail"] },
        new("SOCKET_BACKLOG", Warning, "socket locked too long, backlog full", "While a process is inside a system call on the socket, arriving segments wait in a backlog; it was full. The process sleeps there (a page fault, no CPU), or small segments flood in.")
        {
            SeeAlso = ["TCPBacklogDrop"],
            Conditions = ["backlog-drop"],
        },
        new("PROTO_MEM", Warning, "no memory for received data", "The socket's receive buffer, its cgroup's memory or tcp_mem is used up, even after pruning. The segment is lost to the sender.")
        {
            SeeAlso = ["TCPRcvQDrop", "TCPOFODrop", "tcp_mem", "tcp_rmem"],
            Conditions = ["tcp-memory-pressure", "rcvbuf-pruning"],
        },
        new("SOCKET_RCVBUFF", Notice, "receive buffer full", "For datagram and raw sockets: nobody reads fast enough. TCP says PROTO_MEM or TCP_ZEROWINDOW."),
        new("SOCKET_CLOSE", Info, "socket closed with this unread", "Left over in a socket that was closed; UNIX sockets say so."),
        new("QUEUE_PURGE", Info, "left in the queue of a closed socket", "A queue was emptied as a whole: what a socket had neither read nor sent when it ended. For TCP also data that was sent and is given up with an abort. As a rule the most frequent reason, and an ordinary one."),
        new("NOT_SPECIFIED", Info, "no reason given", "The place that threw it away says no reason (kfree_skb without one). TCP does so with segments it has used up: whatever comes for a TIME-WAIT, a repeated SYN, an ACK that TCP_DEFER_ACCEPT ignores.")
        {
            Advice = "Worth a look only when something is missing and nothing else tells of it.",
        },
        new("NOMEM", Warning, "out of memory", "The kernel could not get memory for the packet or a copy of it.") { Conditions = ["tcp-memory-pressure"] },
        new("PFMEMALLOC", Warning, "emergency memory is not for this socket", "Memory was so short that the packet stands in the reserve, which is only for sockets that help to free memory (swap over the network).") { SeeAlso = ["PFMemallocDrop"], Conditions = ["tcp-memory-pressure"] },
    ];
}
