using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>The pages from CLOSED to ESTABLISHED.</summary>
internal static class OpeningStates
{
    public static readonly StatePage[] Pages =
    [
        new()
        {
            Id = "closed",
            Title = "CLOSED: there is no connection",
            State = TcpState.Closed,
            Meaning = "Nothing is there: the place every connection comes from and returns to.",
            Waits = "Nobody waits. A segment that arrives for it is answered with RST.",
            OnLinux =
            [
                "A socket that a process opened and neither bound nor connected is in no list the kernel gives out.",
                "ss calls it UNCONN, netstat CLOSE. A destroyed connection passes through here too fast to be seen.",
            ],
            PileUp = new(
                "Sockets that are open and not connected only cost file descriptors.",
                ["a program that opens sockets and never uses them", "a program that keeps sockets after an error instead of closing them"],
                ["The \"closed\" figure of ss -s is no state: it is host-wide sockets minus this namespace's, and wrong in a container."]),
            NextSteps = [new("tcplens explain bound-inactive", "sockets that hold a port without a connection")],
        },
        new()
        {
            Id = "listen",
            Title = "LISTEN: ready for callers",
            State = TcpState.Listen,
            Meaning = "A program called listen(); the kernel answers SYNs for it and queues the finished connections.",
            Waits = "The kernel waits for SYNs; the finished connections wait for the program to call accept().",
            OnLinux =
            [
                "The queues mean something else here: Recv-Q is connections waiting for accept(), Send-Q is how many may wait.",
                "A listener never moves: the handshake lives in a request socket, the connection in a child socket.",
                "The limit is the smaller of listen()'s backlog and net.core.somaxconn, taken when listen() is called.",
            ],
            PileUp = new(
                "Many listeners are a matter of configuration. What can pile up is the accept queue of one of them.",
                ["the program is too slow to accept, blocked, or out of file descriptors", "a backlog too small for bursts"],
                [
                    "Raising tcp_max_syn_backlog alone changes nothing while SYN cookies are on.",
                    "A higher somaxconn helps only after the program calls listen() again.",
                    "tcp_abort_on_overflow does not make room; it turns a delay for the client into a reset.",
                ]),
            NextSteps =
            [
                new("tcplens list --listening --process", "who listens, with queue and limit"),
                new("tcplens list state established --process", "connections without a process are still in an accept queue"),
            ],
        },
        new()
        {
            Id = "syn-sent",
            Title = "SYN-SENT: calling, no answer yet",
            State = TcpState.SynSent,
            Meaning = "This side sent a SYN (connect()) and has heard nothing.",
            Waits = "This side waits for the peer's SYN+ACK. On a healthy path that takes one round trip.",
            OnLinux =
            [
                "Send-Q shows 1: the SYN takes one sequence number.",
                "A refusal (RST) or an ICMP error ends it at once, so what stays in SYN-SENT met silence.",
            ],
            Timers = [TimerRules.Connect],
            PileUp = new(
                "Someone drops the SYNs or their answers.",
                [
                    "a firewall that drops instead of rejecting", "a wrong address, or a peer that is down",
                    "a peer whose accept queue is full", "a local firewall, or a full connection-tracking table", "a scanner running on this machine",
                ],
                ["It is not always the firewall: a full accept queue at the peer looks the same from here."]),
            NextSteps =
            [
                new("tcplens list state syn-sent --process --timers", "who calls whom, and how many SYNs went out"),
                new("tcplens count --by remote state syn-sent", "which destination does not answer"),
            ],
        },
        new()
        {
            Id = "syn-received",
            Title = "SYN-RECEIVED: a handshake half done",
            State = TcpState.SynReceived,
            Meaning = "A SYN arrived and was answered with SYN+ACK; the third segment of the handshake is missing.",
            Waits = "This side waits for the peer's ACK, one round trip on a healthy path.",
            OnLinux =
            [
                "A listener's handshakes are request sockets (NEW_SYN_RECV): no process, no inode, no queues. See explain request-socket.",
                "A full socket in this state is a simultaneous open, or a TCP Fast Open connection whose data came with the SYN.",
            ],
            Timers = [TimerRules.Handshake],
            PileUp = new(
                "Expect new connections per second times the round-trip time; more means that answers do not arrive.",
                [
                    "a SYN flood from forged addresses", "SYN+ACKs lost on the way back (routing, firewall)",
                    "listeners with TCP_DEFER_ACCEPT, which wait for data",
                ],
                [
                    "Thousands are not \"normal for a busy server\": at 50 ms that would be tens of thousands of connections a second.",
                    "tcp_syncookies = 2 is for tests; 1 already protects when the queue overflows.",
                    "The default gives up after about a minute, not after the 180 s of old articles.",
                ]),
            NextSteps =
            [
                new("tcplens count --by local-port,remote state syn-recv", "one target and many remotes: a flood; one remote: a path"),
                new("tcplens list state syn-recv --timers", "how often each SYN+ACK was repeated"),
            ],
        },
        new()
        {
            Id = "established",
            Title = "ESTABLISHED: both sides may send",
            State = TcpState.Established,
            Meaning = "Both SYNs were acknowledged. Data may flow both ways; it need not.",
            Waits = "Nobody in particular. An idle connection sends nothing at all.",
            OnLinux =
            [
                "Without a process (inode 0) the handshake is done and the program has not called accept().",
                "Recv-Q is what the program has not read; Send-Q what the peer has not acknowledged.",
                "Unacknowledged data hides whether keepalive is on: only one timer is shown.",
            ],
            Timers = [TimerRules.Retransmission, TimerRules.KeepAlive, TimerRules.Idle],
            PileUp = new(
                "The everyday state; its number is the number of connections. Look at idle ones and at those no process accepted.",
                [
                    "peers that vanished without a FIN, and no keepalive", "pools or clients that open and never close",
                    "a program that does not accept: rows without a process",
                ],
                [
                    "The keepalive sysctls switch nothing on: they are defaults for sockets that set SO_KEEPALIVE.",
                    "ESTABLISHED does not mean that two machines exchange data, or that the other one still exists.",
                ]),
            NextSteps =
            [
                new("tcplens list state established --info --sort idle", "the longest silent first"),
                new("tcplens count --by process,remote state established", "who holds how many, and to whom"),
            ],
        },
    ];
}
