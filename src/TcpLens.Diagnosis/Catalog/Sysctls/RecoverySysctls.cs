using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Finding and mending losses.</summary>
internal static class RecoverySysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_sack", "1", "0 or 1", "2.2", "Selective acknowledgments (RFC 2018): the receiver tells which segments it has.")
        {
            TakesEffect = Effect.NewConnections,
            Lowering = "0: one loss in a window costs a round trip each, and RACK and D-SACK are gone.",
            Risk = "medium when 0",
            Myths = ["The attacks of 2019 that made people switch it off were mended in the kernel."],
            Conditions = ["retransmission-rate", "rto-and-tail-loss", "unsafe-sysctl"],
            Rule = SysctlRules.When("net.ipv4.tcp_sack", 0, Notice, "Without selective acknowledgments losses take many round trips to mend."),
        },
        new("net.ipv4.tcp_dsack", "1", "0 or 1", "2.4", "Reports duplicates to the sender (RFC 2883), who learns that its retransmission was needless.") { TakesEffect = Effect.NewConnections, Conditions = ["spurious-retransmission", "reordering-duplication"] },
        new("net.ipv4.tcp_recovery", "1", "bits: 1 RACK, 2 fixed reordering window, 4 no count of duplicate ACKs", "4.4", "Loss detection by time (RACK, RFC 8985).") { Conditions = ["rto-and-tail-loss", "reordering-duplication"] },
        new("net.ipv4.tcp_early_retrans", "3", "0 off; 3 and 4 on", "3.5", "Tail loss probes: a segment is repeated after two round trips, before the timeout.")
        {
            Lowering = "0: the loss of a last segment waits for the timeout, 200 ms or more.",
            Risk = "medium when 0",
            Conditions = ["rto-and-tail-loss"],
        },
        new("net.ipv4.tcp_frto", "2", "0 off, others on", "2.4.21", "Notices that a timeout was needless (F-RTO, RFC 5682) and takes the slowing down back.") { Conditions = ["spurious-retransmission"] },
        new("net.ipv4.tcp_reordering", "3", "1 to tcp_max_reordering", "2.4", "How far segments may be out of order, at the start of a connection, before one is taken to be lost. It grows by itself.")
        {
            TakesEffect = Effect.NewConnections,
            Raising = "Real losses are found later. The kernel learns the right value of each path.",
            Conditions = ["reordering-duplication"],
        },
        new("net.ipv4.tcp_max_reordering", "300", "1 and more", "3.19", "How far that may grow.") { Unit = "segments", Conditions = ["reordering-duplication"] },
        new("net.ipv4.tcp_comp_sack_delay_ns", "1000000", "0 and more", "4.18", "ACKs that report gaps are held back by up to 5 % of the round-trip time, and at most this long.") { Unit = "ns" },
        new("net.ipv4.tcp_comp_sack_nr", "44", "0 to 255; 0 none", "4.18", "How many such ACKs are put together.") { Unit = "ACKs" },
        new("net.ipv4.tcp_comp_sack_slack_ns", "100000", "0 and more", "5.8", "How inexact their timer may be, to save interrupts.")
        {
            Unit = "ns",
            DefaultHere = static settings => settings["net.ipv4.tcp_comp_sack_rtt_percent"] is null ? "100000" : null,
        },
        new("net.ipv4.tcp_comp_sack_rtt_percent", "33", "1 to 1000", "after 6.18", "The share of the round-trip time that such ACKs may wait.") { Unit = "%", OnlyWhere = "Linux is newer than 6.18" },
    ];
}
