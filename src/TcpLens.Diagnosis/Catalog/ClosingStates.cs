using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>The pages from FIN-WAIT-1 to TIME-WAIT.</summary>
internal static class ClosingStates
{
    private const string OrphanNote = "Without a process it is an orphan: close() was called and the kernel does the rest.";

    public static readonly StatePage[] Pages =
    [
        new()
        {
            Id = "fin-wait-1",
            Title = "FIN-WAIT-1: we closed, our FIN is not acknowledged",
            State = TcpState.FinWait1,
            Meaning = "This side closed first. Its FIN, and perhaps data before it, is not acknowledged yet.",
            Waits = "This side waits for the peer's kernel. The peer's program has no part in it, so this is normally one round trip.",
            OnLinux = [OrphanNote, "A peer that answers with window 0 keeps an orphan longer: the probes go on."],
            Timers = [TimerRules.Orphan, TimerRules.Retransmission],
            PileUp = new(
                "Peers are out of reach, or their window is closed.",
                ["clients that vanished (mobile, sleep, NAT entry gone)", "peers that stopped reading, with data still queued here"],
                ["A server restart does not fill it by itself: it takes peers that no longer answer."]),
            NextSteps = [new("tcplens list state fin-wait-1 --timers --memory", "what is still to send, and which try this is")],
        },
        new()
        {
            Id = "fin-wait-2",
            Title = "FIN-WAIT-2: we closed, the peer has not",
            State = TcpState.FinWait2,
            Meaning = "Our FIN is acknowledged: this direction is shut. The peer may still send and has not closed.",
            Waits = "This side waits for the peer's program to close. Its socket stands in CLOSE-WAIT meanwhile.",
            OnLinux =
            [
                "Held by a process (it called shutdown() and keeps the socket): no time limit at all.",
                "Without a process it becomes a mini-socket, counted with TIME-WAIT; see explain fin-wait-2-orphan.",
            ],
            Timers = [TimerRules.FinWait2Orphan, TimerRules.FinWait2Held],
            PileUp = new(
                "The peers do not close: their programs sit in CLOSE-WAIT, or the peers are gone.",
                [
                    "a peer program that forgets close()", "clients that keep an idle connection after our close",
                    "here: shutdown() without reading to the end and close()",
                ],
                [
                    "tcp_fin_timeout between 61 and 119 makes the wait shorter, not longer: Linux waits 2 x (value - 60).",
                    "tcp_fin_timeout never ends a socket that a process still holds.",
                ]),
            NextSteps =
            [
                new("tcplens list state fin-wait-2 --process --timers", "held by a process, or an orphan with its remaining time"),
                new("tcplens list state close-wait --process", "when the peer is on this machine: the program that does not close"),
            ],
        },
        new()
        {
            Id = "close-wait",
            Title = "CLOSE-WAIT: the peer closed, our program has not",
            State = TcpState.CloseWait,
            Meaning = "The peer sent a FIN and the kernel acknowledged it. The program here has not called close().",
            Waits = "Everyone waits for the program on this machine. The peer sits in FIN-WAIT-2.",
            OnLinux =
            [
                "Recv-Q 1 or more: the program has not even read the end of the stream (the FIN counts one).",
                "Recv-Q 0: it read the end and forgot to close.",
                "No process: the client gave up before the program called accept().",
            ],
            Timers = [TimerRules.CloseWait, TimerRules.KeepAlive],
            PileUp = new(
                "A bug in the program that owns the sockets: it leaks them, until it runs out of file descriptors.",
                ["a code path that does not close on end of stream or on error", "a blocked thread or a full worker pool", "a connection pool that keeps what the peer has closed"],
                [
                    "No sysctl ends CLOSE-WAIT: there is no timer to shorten.",
                    "Keepalive does not help while the peer's kernel still answers.",
                    "The kernel did acknowledge the FIN; what is missing is the program's close().",
                ]),
            NextSteps =
            [
                new("tcplens list state close-wait --process", "whose sockets they are, and whether the end was read"),
                new("tcplens count --by process state close-wait --interval 5s", "does it grow?"),
            ],
        },
        new()
        {
            Id = "closing",
            Title = "CLOSING: both closed at the same time",
            State = TcpState.Closing,
            Meaning = "Both sides sent a FIN before they saw the other's. The peer's FIN is here, the ACK of ours is not.",
            Waits = "This side waits for the peer's kernel to acknowledge our FIN: one round trip.",
            OnLinux = [OrphanNote, "A socket connected to itself always closes this way."],
            Timers = [TimerRules.Orphan, TimerRules.Retransmission],
            PileUp = new(
                "Rare at any time; several at once mean that ACKs from the peers are lost.",
                ["loss in one direction only", "a middlebox that forgot the connection after the first FIN"],
                []),
            NextSteps = [new("tcplens list state closing --timers", "which try of the FIN this is")],
        },
        new()
        {
            Id = "last-ack",
            Title = "LAST-ACK: the peer closed, then we did",
            State = TcpState.LastAck,
            Meaning = "The peer closed first; our program closed too and our FIN is not acknowledged yet.",
            Waits = "This side waits for the last ACK of the peer's kernel.",
            OnLinux = [OrphanNote],
            Timers = [TimerRules.Orphan, TimerRules.Retransmission],
            PileUp = new(
                "Peers vanished after their FIN, or the way to them lost our FIN or their ACK.",
                ["clients that cut the power or the network right after closing", "firewalls that drop the connection at the first FIN", "data still queued before our FIN and a peer that resets or ignores it"],
                ["Nothing is left for the program to do here: it has already closed."]),
            NextSteps = [new("tcplens list state last-ack --timers", "which try of the FIN this is, and to whom")],
        },
        new()
        {
            Id = "time-wait",
            Title = "TIME-WAIT: closed, and remembered for a while",
            State = TcpState.TimeWait,
            Meaning = "The side that closed first keeps the addresses and ports for a minute: to answer a repeated FIN, and so that late "
                + "segments cannot enter a new connection of the same four numbers.",
            Waits = "Nobody waits for anything but the clock. It is a quarantine.",
            OnLinux =
            [
                "A mini-socket of about 256 bytes: no process, no inode, no file descriptor. 100,000 of them are 25 MB.",
                "A new SYN from the peer with a newer timestamp or sequence number takes the place over at once.",
                "A RST that fits kills it, unless tcp_rfc1337 is 1. Segments that stray in restart the 60 s.",
            ],
            Timers = [TimerRules.TimeWait, TimerRules.TimeWaitReuse],
            PileUp = new(
                "Closes per second by this side, times 60. As such it is no fault. It hurts only a caller that runs out of local ports to one destination.",
                ["short connections instead of kept ones, closed by this side", "a proxy with one address and one backend"],
                [
                    "tcp_fin_timeout does not touch TIME-WAIT.",
                    "tcp_tw_recycle is gone since Linux 4.12, and broke clients behind NAT before.",
                    "Lowering tcp_max_tw_buckets throws protection away and makes peers see resets.",
                    "tcp_tw_reuse does nothing for a server: it is about outgoing connections.",
                    "SO_LINGER 0 trades it for resets and lost data.",
                ]),
            NextSteps =
            [
                new("tcplens count --by remote,remote-port state time-wait", "which destination uses up the ports"),
                new("tcplens count --by local-port state time-wait", "which of our services closes first"),
            ],
        },
    ];
}
