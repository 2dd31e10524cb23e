using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>
/// What was sent again had not been lost: it came late, and the sender found out and took its reduction back (RFC 5682, RFC 4015).
/// TCPSpuriousRTOs alone mostly stays at 0; the undo counters are the better sign.
/// </summary>
internal sealed class SpuriousRetransmission : Condition
{
    private const double Noticed = 0.2;
    private const double Mostly = 0.5;
    private const int UndoneMin = 10;

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Network, "find what holds packets up and then lets them go: a radio link, a machine that is paused or short of CPU, a hypervisor, a full queue", "none"),
    ];

    public override ConditionInfo Info { get; } = new(
        "spurious-retransmission",
        "Segments are sent again that were not lost",
        "bandwidth is wasted, and windows shrink for nothing");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        RecoveryLedger ledger = facts.Recoveries;
        double share = (double)ledger.Undone / Math.Max(ledger.Recoveries, 1);
        if (ledger.Undone >= UndoneMin && share > Noticed && ledger.Cause is not (RetransmitCause.Reordering or RetransmitCause.Duplication))
        {
            verdict.Add(Find(facts, ledger, share));
        }
    }

    private Finding Find(CaseFile facts, RecoveryLedger ledger, double share) => new()
    {
        Condition = Info,
        Severity = share > Mostly ? Severity.Warning : Severity.Notice,
        Reason = $"{Words.Of(ledger.Undone, "reduction")} of the window taken back in {Words.Of(ledger.Recoveries, "recovery", "recoveries")}; a notice above {Noticed:P0}, a warning above {Mostly:P0}",
        Summary = $"{ledger.Undone:N0} times in {facts.Seconds:0.0} s something was sent again that had only been late",
        Evidence =
        [
            new($"{ledger.Undone:N0} taken back of {Words.Of(ledger.Recoveries, "recovery", "recoveries")}, and no reordering to explain it", "TcpExt.TCPFullUndo, TCPPartialUndo, TCPDSACKUndo, TCPLossUndo; TCPSackRecovery, TCPRenoRecovery, TCPTimeouts") { Value = ledger.Undone, PerSecond = ledger.Undone / facts.Seconds },
            new($"{ledger.Needless:N0} of {Words.Of(ledger.Retransmitted, "retransmission")} had arrived already", "TcpExt.TCPDSACKRecv, Tcp.RetransSegs") { Value = ledger.Needless },
            facts.CounterFact("TcpExt.TCPLossUndo"),
            facts.SettingFact("net.ipv4.tcp_frto"),
            .. facts.Settings["net.ipv4.tcp_rto_min_us"] is null ? Array.Empty<Fact>() : [facts.SettingFact("net.ipv4.tcp_rto_min_us")],
        ],
        Culprits = [.. Growth.ByRemote(facts, static (in TcpVitals vitals) => vitals.DuplicateSacksReceived ?? 0).Culprits()],
        Remedies =
        [
            .. Cure,
            .. SettingRemedy.Of(facts, "net.ipv4.tcp_frto", "2", "let the sender find out sooner that a timeout was needless (F-RTO), which is the default", "none"),
            .. SettingRemedy.Of(facts, "net.ipv4.tcp_recovery", "1", "judge losses by time (RACK), which is the default", "none"),
            .. facts.Settings.Number("net.ipv4.tcp_rto_min_us") < 200_000
                ? SettingRemedy.Of(facts, "net.ipv4.tcp_rto_min_us", "200000", "the least timeout was lowered: put it back", "real losses at the end of an answer are found later")
                : [],
        ],
        Avoid =
        [
            new("net.ipv4.tcp_timestamps = 0 or tcp_dsack = 0", "they are what a sender learns from that a retransmission was needless"),
        ],
    };
}
