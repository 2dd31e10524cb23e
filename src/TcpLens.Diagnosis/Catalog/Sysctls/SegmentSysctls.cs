using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>How segments are made up and acknowledged.</summary>
internal static class SegmentSysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_timestamps", "1", "0 off, 1 on with a random start, 2 on without", "2.2", "Timestamps (RFC 7323): round-trip times, protection against old segments, reuse of TIME-WAIT ports, options in SYN cookies.")
        {
            TakesEffect = Effect.NewConnections,
            Lowering = "0 takes all of that away, for 12 octets a segment.",
            Risk = "medium when 0",
            Myths = ["Switching them off was a cure for tcp_tw_recycle behind NAT, which is gone since 4.12."],
            Conditions = ["paws-drops", "ephemeral-port-exhaustion", "unsafe-sysctl"],
            Rule = SysctlRules.When("net.ipv4.tcp_timestamps", 0, Notice, "No reuse of TIME-WAIT ports, no guard against old segments on fast paths, and SYN cookies lose window scaling and SACK."),
        },
        new("net.ipv4.tcp_autocorking", "1", "0 or 1", "3.14", "1: small writes wait for each other while a segment of the connection is still in this host's queues."),
        new("net.ipv4.tcp_backlog_ack_defer", "1", "0 or 1", "6.7", "1: segments that came while the socket was busy are acknowledged with one ACK."),
        new("net.ipv4.tcp_pingpong_thresh", "1", "1 to 255", "6.7", "After how many answers a connection counts as interactive, and its ACKs are delayed."),
        new("net.ipv4.tcp_min_tso_segs", "2", "1 to 255", "3.12", "The least segments that are handed to the device in one piece.") { Unit = "segments" },
        new("net.ipv4.tcp_tso_rtt_log", "9", "0 to 255; 0 off", "5.18", "Pieces are larger towards near hosts: up to 2^9 us.") { Unit = "log2 of us" },
        new("net.ipv4.tcp_tso_win_divisor", "3", "0 to 255", "2.6.9", "One piece may be at most this part of the congestion window."),
        new("net.ipv4.tcp_stdurg", "0", "0 or 1", "2.2", "1: reads the urgent pointer as RFC 1122 does, and not as everybody does.") { Risk = "medium: telnet and FTP break" },
        new("net.ipv4.tcp_workaround_signed_windows", "0", "0 or 1", "2.6.26", "1: takes peers without window scaling to read windows above 32767 as negative."),
        new("net.ipv4.tcp_early_demux", "1", "0 or 1", "4.13", "1: looks for the connection before the route. Routers may switch it off."),
        new("net.ipv4.tcp_fack", "0", "0 or 1", "2.2", "Forward acknowledgment, an old way to find losses; RACK took its place.")
        {
            NoEffectSince = "4.15",
            DefaultHere = SysctlDefaults.WhereThereIs("net.ipv4.tcp_comp_sack_nr", "0"),
            Conditions = ["unsafe-sysctl"],
            Rule = SysctlRules.Useless("net.ipv4.tcp_fack", "Set without effect: nothing reads it since 4.15."),
        },
        new("net.ipv4.tcp_low_latency", "0", "0 or 1", "2.4", "Once switched off the handling of segments in the reader's own thread.")
        {
            NoEffectSince = "4.14",
            Conditions = ["unsafe-sysctl"],
            Rule = SysctlRules.Useless("net.ipv4.tcp_low_latency", "Set without effect: nothing reads it since 4.14."),
        },
    ];
}
