using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// The network delivers segments in another order, or twice. Both look like loss to a sender that does not know better
/// (RFC 8985 §3; net/ipv4/tcp_input.c, tcp_check_sack_reordering, tcp_check_dsack).
/// </summary>
internal sealed class ReorderingDuplication : Condition
{
    private const double Reordered = 0.005;
    private const double OutOfOrder = 0.05;
    private const double Doubled = 0.02;   // Above what a receiver's own delays make its peers send again.
    private const double Costly = 0.01;

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Network, "let every link choose its path by connection and not by packet: LACP with a layer-3+4 hash instead of a round-robin bond (mode 0), ECMP by five-tuple", "one connection gets one link's rate at most"),
        new(RemedyKind.Network, "for duplicates look for a loop, a mirror port or a tunnel that sends twice", "none"),
    ];

    public override ConditionInfo Info { get; } = new(
        "reordering-duplication",
        "Segments arrive in another order, or twice",
        "windows shrink for nothing, and the processor works more");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        RecoveryLedger ledger = facts.Recoveries;
        if (ledger.Cause == RetransmitCause.Reordering)
        {
            verdict.Add(Find(
                facts, "outgoing", ledger.RetransmittedShare > Costly ? Severity.Warning : Severity.Notice,
                (ledger.IsReorderingSeen
                    ? $"{(double)ledger.Reordered / ledger.Original:P1} of the data segments; a notice above {Reordered:P1}"
                    : $"{ledger.FastUndone:N0} of {Words.Of(ledger.Recoveries, "recovery", "recoveries")} were taken back, {ledger.Timeouts:N0} had begun with a timeout; a notice when most are taken back and few begin so")
                    + $", a warning when more than {Costly:P0} was sent again ({ledger.RetransmittedShare:P1})",
                ledger.IsReorderingSeen
                    ? $"{ledger.Reordered:N0} of {Words.Of(ledger.Original, "segment")} sent were overtaken on the way"
                    : $"segments are overtaken on the way: {Words.Of(ledger.Recoveries, "recovery", "recoveries")} began, and {ledger.FastUndone:N0} were for nothing",
                [facts.CounterFact("TcpExt.TCPSACKReorder"), facts.CounterFact("TcpExt.TCPTSReorder"), Needless(ledger)],
                Growth.ByRemote(facts, static (in TcpVitals vitals) => vitals.ReorderingEventsSeen ?? 0),
                Confidence.Sure));
        }
        else if (ledger.Cause == RetransmitCause.Duplication)
        {
            verdict.Add(Find(
                facts, "outgoing", Severity.Notice,
                $"{ledger.Needless:N0} reports of duplicates for {Words.Of(ledger.Retransmitted, "retransmission")}; a notice from {RecoveryLedger.EventsMin} that no retransmission explains",
                $"the network doubles what is sent: {Words.Of(ledger.Needless, "segment")} arrived twice, and only {ledger.Retransmitted:N0} had been sent again",
                [Needless(ledger), facts.CounterFact("TcpExt.TCPDSACKIgnoredDubious")],
                Growth.ByRemote(facts, static (in TcpVitals vitals) => vitals.DuplicateSacksReceived ?? 0),
                Confidence.Sure));
        }

        if (ledger.DuplicatesIn >= RecoveryLedger.EventsMin && ledger.DuplicatesIn > ledger.SegmentsIn * Doubled)
        {
            verdict.Add(FindIncoming(facts, ledger));
        }
    }

    /// <summary>
    /// A receiver sees only what comes. Segments out of order alone may be the wake of a loss; with duplicates behind them it is the
    /// order. Duplicates alone were doubled on the way, or sent again for nothing.
    /// </summary>
    private Finding FindIncoming(CaseFile facts, RecoveryLedger ledger)
    {
        bool isOrder = ledger.OutOfOrderIn > ledger.SegmentsIn * OutOfOrder;
        return Find(
            facts, "incoming", Severity.Notice,
            $"{(double)ledger.DuplicatesIn / ledger.SegmentsIn:P1} of the segments that came were there already; a notice above {Doubled:P0}",
            isOrder
                ? $"{ledger.OutOfOrderIn:N0} of {Words.Of(ledger.SegmentsIn, "segment")} arrived before their predecessors, and {ledger.DuplicatesIn:N0} twice"
                : $"{ledger.DuplicatesIn:N0} of {Words.Of(ledger.SegmentsIn, "segment")} arrived twice",
            [facts.CounterFact("TcpExt.TCPOFOQueue"), facts.CounterFact("TcpExt.TCPDSACKOldSent"), facts.CounterFact("TcpExt.TCPDSACKOfoSent")],
            isOrder
                ? Growth.ByRemote(facts, static (in TcpVitals vitals) => vitals.OutOfOrderSegmentsReceived ?? 0)
                : new Tally<HostAddress>(),
            Confidence.Likely);
    }

    private static Fact Needless(RecoveryLedger ledger)
        => new($"{ledger.Needless:N0} segments reported as there already (D-SACK), {ledger.Retransmitted:N0} sent again", "TcpExt.TCPDSACKRecv, Tcp.RetransSegs") { Value = ledger.Needless };

    private Finding Find(CaseFile facts, string direction, Severity severity, string reason, string summary, IReadOnlyList<Fact> evidence, Tally<HostAddress> remotes, Confidence confidence) => new()
    {
        Condition = Info,
        Subject = direction,
        Severity = severity,
        Reason = reason,
        Summary = summary,
        Evidence = evidence,
        Culprits = [.. remotes.Culprits()],
        Remedies =
        [
            .. Cure,
            .. SettingRemedy.Of(facts, "net.ipv4.tcp_max_reordering", "1000", "only where the network must stay so: let senders learn a larger distance", "real losses are repaired later"),
        ],
        Avoid =
        [
            new("a larger net.ipv4.tcp_reordering", "it is where learning begins; Linux raises it for each connection by itself"),
        ],
        Confidence = confidence,
        ConfirmBy = confidence == Confidence.Sure ? null : "look at the sender: its own counters tell whether it sent twice (Tcp.RetransSegs, TcpExt.TCPDSACKRecv), or capture at both ends",
    };
}
