using static TcpLens.Diagnosis.SocketCall;

namespace TcpLens.Diagnosis;

/// <summary>Connections that were there and are not any more.</summary>
internal static class TransferErrnos
{
    public static readonly KeyValuePair<string, TcpErrno>[] Rows =
    [
        new("ECONNRESET", new(
            "An RST ended the connection. What was on its way is lost, in both directions.",
            (Connect, "On a simultaneous open that is reset; an RST to a plain SYN is ECONNREFUSED."),
            (Accept, "Never: accept() returns the dead connection, and the first read gives this."),
            (Send, "Once. After that, EPIPE."),
            (Receive, "Once; unread data may be gone with it. The next recv() returns 0."),
            (Poll, "POLLERR, POLLHUP and POLLIN; SO_ERROR gives it once."))
        {
            Causes =
            [
                "the peer's process died or closed with data it had not read", "SO_LINGER 0 at the peer",
                "a load balancer, NAT or firewall that forgot the connection: equal idle times just above 60, 300, 350 or 3600 s tell",
                "a peer that restarted and knows nothing of the connection", "a full TIME-WAIT table at the peer",
            ],
            Advice = ["Requests that may be repeated: repeat them once on a fresh connection.", "Keep idle connections shorter than the peer's timeout, or alive by keepalive."],
            NextSteps = [new("tcplens explain EstabResets", "how many, and which of them are this side's own"), new("tcplens list state established --sort idle", "the longest silent, that will meet it next")],
            Conditions = ["reset-storm-in", "reset-storm-out", "time-wait-bucket-overflow", "missing-keepalive"],
        }),
        new("EPIPE", new(
            "This direction is closed: nothing can be sent any more. The signal SIGPIPE comes with it unless MSG_NOSIGNAL is set or the signal ignored.",
            (Send, "After shutdown() of one's own, after an error was reported before, after an RST in CLOSE-WAIT, and on a TCP socket that was never connected."),
            (Receive, "Never: the end of the stream is a 0."))
        {
            Causes = ["the peer closed, this side sent, the peer answered with RST: the first send() succeeds, the second one fails", "an ECONNRESET or ETIMEDOUT that was read and ignored"],
            Advice = ["The peer is gone: stop writing, read what is left, close.", "A closed descriptor is EBADF, not this."],
            NextSteps = [new("tcplens list state close-wait --process", "peers that have closed, and programs that have not noticed")],
            Conditions = ["reset-storm-in", "close-wait-leak"],
        }),
        new("ECONNABORTED", new(
            "This host itself ended the connection from outside the program.",
            (Send, "After ss -K, 'tcplens kill' or another SOCK_DESTROY by an administrator."),
            (Receive, "The same."),
            (Accept, "Described for clients that reset before accept(); Linux does not do that, it returns the connection."),
            (Poll, "POLLERR; SO_ERROR gives it."))
        {
            Causes = ["an administrator or agent closed it (SOCK_DESTROY)", "Android and VPN software that closes sockets when the network changes"],
            Advice = ["Connect again."],
        }),
        new("ENOTCONN", new(
            "The socket has no connection: not yet, or no longer.",
            (Receive, "On a socket that was never connected, or whose connection ended and was reported."),
            (Send, "A TCP socket that was never connected gives EPIPE here."),
            (Any, "getpeername() and shutdown() after a reset: the peer's address is gone with the connection."))
        {
            Causes = ["getpeername() for a log line, after the peer reset", "a non-blocking connect that has not finished"],
            Advice = ["Ask for the peer's address when the connection begins: accept() returns it."],
        }),
        new("ESHUTDOWN", new(
            "Sending after shutdown; of TCP that is EPIPE.",
            (Send, "Rare on TCP; UNIX and Bluetooth sockets have it."))),
        new("ENETRESET", new(
            "The network dropped the connection. Linux has hardly any use for it; the usual explanations of it are about Windows.",
            (Any, "Not seen on TCP sockets of Linux."))),
        new("EMSGSIZE", new(
            "Too long for one packet.",
            (Send, "Datagrams longer than the path's MTU with DF set. Not TCP: it cuts its stream into segments."),
            (Poll, "An ICMP fragmentation needed is used up by TCP itself, which then sends smaller segments."))
        {
            Advice = ["On TCP, look for what should have come and did not: an ICMP message that is filtered is a black hole."],
            Conditions = ["mtu-blackhole"],
        }),
    ];
}
