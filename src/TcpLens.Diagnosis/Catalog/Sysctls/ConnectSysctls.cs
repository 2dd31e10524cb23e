namespace TcpLens.Diagnosis;

/// <summary>Outgoing connections: how long they try, and when they may take over a port in TIME-WAIT.</summary>
internal static class ConnectSysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_syn_retries", "6", "1 to 127", "2.2", "How often a SYN is repeated, besides tcp_syn_linear_timeouts, before connect() fails with ETIMEDOUT: 6 means 131 s (127 s before Linux 6.5).")
        {
            Unit = "retransmissions",
            TakesEffect = Effect.NextTimer,
            Raising = "Callers wait still longer for hosts that are gone.",
            Lowering = "3 is 19 s, 4 is 35 s. Good for batch clients; a time limit in the program (or TCP_SYNCNT) does the same for one service alone.",
            Myths = ["Raising it never mends a connect: what is dropped eleven times is dropped the twelfth time."],
            Conditions = ["syn-sent-pileup"],
        },
        new("net.ipv4.tcp_syn_linear_timeouts", "4", "0 to 127", "6.5", "How many timeouts of a SYN stay at 1 s before they double.")
        {
            Unit = "retransmissions",
            TakesEffect = Effect.NextTimer,
            Lowering = "0 is the behaviour before 6.5: 1, 2, 4, 8 s and on.",
            Conditions = ["syn-sent-pileup"],
        },
        new("net.ipv4.tcp_tw_reuse", "2", "0 never, 1 always, 2 loopback only", "2.4.19", "Whether connect() may take over a local port that is in TIME-WAIT towards the same destination. Both sides need timestamps, and the port must be older than tcp_tw_reuse_delay.")
        {
            DefaultHere = SysctlDefaults.WhereThereIs("net.ipv4.tcp_comp_sack_nr", "2"),
            Raising = "1: ports towards one destination come back after 1 s and not after 60 s. The last resort after pools and more addresses.",
            Lowering = "0: also on loopback a port is kept for 60 s.",
            Risk = "low to medium: test with NAT and firewalls that keep state of their own",
            Myths = ["On a server that only accepts it does nothing: it is about connect().", "It does not make TIME-WAIT shorter and does not free memory."],
            Conditions = ["ephemeral-port-exhaustion", "time-wait-volume"],
        },
        new("net.ipv4.tcp_tw_reuse_delay", "1000", "1 to 60000", "6.14", "How old a TIME-WAIT must be before tcp_tw_reuse lets connect() have its port.")
        {
            Unit = "ms",
            Raising = "Fewer ports come back in time.",
            Lowering = "Faster reuse, less guard against late segments.",
            Conditions = ["ephemeral-port-exhaustion"],
        },
    ];
}
