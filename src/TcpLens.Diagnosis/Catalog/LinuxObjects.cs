using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>Pages of what only Linux has: sockets that are smaller than a socket, and one that is not yet anything.</summary>
internal static class LinuxObjects
{
    public static readonly StatePage[] Pages =
    [
        new()
        {
            Id = "request-socket",
            Title = "Request socket (NEW_SYN_RECV): a handshake without a socket",
            State = TcpState.SynReceived,
            IsLinuxOnly = true,
            Meaning = "About 320 bytes that stand for a SYN that a listener answered. The child socket is made when the last ACK arrives.",
            Waits = "The kernel waits for the peer's ACK. The program knows nothing of it yet.",
            OnLinux =
            [
                "Shown as SYN-RECV, with user 0, inode 0 and both queues 0; the timer counts repeats of the SYN+ACK.",
                "The tracepoint of state changes never shows it: it sees the child, from LISTEN to SYN-RECV to ESTABLISHED.",
                "A RST or a SYN inside the window frees it; EmbryonicRsts and AttemptFails count that.",
                "With SYN cookies in use not even this is kept: the state is in the sequence number.",
            ],
            Timers = [TimerRules.Handshake],
            PileUp = new("The same as SYN-RECEIVED: answers do not come back.", ["see explain syn-received"], []),
            NextSteps = [new("tcplens list state syn-recv --timers", "every half-open handshake")],
        },
        new()
        {
            Id = "time-wait-socket",
            Title = "TIME-WAIT mini-socket (tcp_timewait_sock)",
            State = TcpState.TimeWait,
            IsLinuxOnly = true,
            Meaning = "About 256 bytes that replace the socket when a close is complete on our side, or when an orphan waits in FIN-WAIT-2.",
            Waits = "Only a clock runs; the timer column says timewait with what remains.",
            OnLinux =
            [
                "It stands in the state TIME-WAIT, or in FIN-WAIT-2 for an orphan: both count in sockstat's tw and against tcp_max_tw_buckets.",
                "It has no process, no user, no tcp_info and no memory account.",
            ],
            Timers = [TimerRules.TimeWait, TimerRules.FinWait2Orphan],
            PileUp = new(
                "Above tcp_max_tw_buckets no more are made: connections end at once, and their peers may see resets (TCPTimeWaitOverflow).",
                ["a limit lowered by a recipe", "a very high rate of closes by this side"],
                ["The limit is no cure for TIME-WAIT: the default is already sized by memory."]),
            NextSteps = [new("tcplens count --by state", "TIME-WAIT and FIN-WAIT-2 told apart")],
        },
        new()
        {
            Id = "fin-wait-2-orphan",
            Title = "FIN-WAIT-2 without a process",
            State = TcpState.FinWait2,
            IsLinuxOnly = true,
            Meaning = "The program closed, the peer acknowledged and has not closed. Linux shrinks the socket to a mini-socket with a deadline.",
            Waits = "The kernel waits for the peer's FIN until the deadline, then forgets the connection.",
            OnLinux =
            [
                "Inode 0 and timer timewait: the mini-socket. Inode 0 and timer keepalive: tcp_fin_timeout is above 60.",
                "Data that the peer still sends is answered with RST.",
            ],
            Timers = [TimerRules.FinWait2Orphan],
            PileUp = new("Peers that keep the connection after our close.", ["see explain fin-wait-2"], ["A higher tcp_fin_timeout may shorten it: 61 means 2 s."]),
            NextSteps = [new("tcplens list state fin-wait-2 --timers", "the remaining time of each")],
        },
        new()
        {
            Id = "bound-inactive",
            Title = "Bound and nothing else (BOUND_INACTIVE)",
            State = TcpState.Closed,
            IsLinuxOnly = true,
            Meaning = "A socket that called bind() and neither listen() nor connect(). It holds a port and is in no table of connections.",
            Waits = "The port waits for its program to go on. Others who want it get EADDRINUSE.",
            OnLinux =
            [
                "Linux 6.8 and later list it when asked for state 13; ss needs --bound-inactive. Before, it was invisible.",
                "/proc/net/tcp never shows it.",
            ],
            PileUp = new(
                "Ports are used up without connections.",
                ["a program that binds explicitly before connect() and then fails or hangs", "sockets leaked between bind() and listen()"],
                ["\"Address already in use\" with nothing in netstat is this, not a ghost."]),
            NextSteps = [new("ss -tan --bound-inactive", "who holds a port that no list shows")],
        },
    ];
}
