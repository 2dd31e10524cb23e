using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>
/// Losses are repaired by waiting for the timeout, at least 200 ms, because too few acknowledgments come back for anything faster:
/// the end of an answer, a thin connection, a burst of losses (RFC 8985 §1; net/ipv4/tcp_timer.c).
/// </summary>
internal sealed class RtoAndTailLoss : Condition
{
    private const double Noticed = 0.1;
    private const double Mostly = 0.5;
    private const string EarlyRetransmit = "net.ipv4.tcp_early_retrans";

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Network, "find where segments are lost; bursts of losses come from short queues and policers", "none"),
        new(RemedyKind.Application, "many small requests on one connection keep acknowledgments coming; a connection for each small request does not", "requests on one connection wait for each other unless the protocol multiplexes"),
    ];

    public override ConditionInfo Info { get; } = new(
        "rto-and-tail-loss",
        "Losses are repaired by timeouts",
        "single requests take 200 ms and more longer than the others")
    {
        ExplainedBy = ["retransmission-rate"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (facts.Recoveries.Cause is not (RetransmitCause.Loss or RetransmitCause.Unknown))
        {
            return;   // Nothing was lost.
        }

        long stuck = OfStalledConnections(facts);
        long timeouts = facts.Recoveries.Timeouts - stuck;
        long repeats = Math.Max(facts.Recoveries.Retransmitted - stuck, timeouts);
        if (timeouts >= RecoveryLedger.EventsMin && timeouts > repeats * Noticed)
        {
            verdict.Add(Find(facts, timeouts, repeats, stuck));
        }
    }

    /// <summary>A connection that gets no answer at all has timeouts only; other conditions speak of it.</summary>
    private static long OfStalledConnections(CaseFile facts)
    {
        long count = 0;
        foreach (Stall stall in facts.Stalls.All)
        {
            ref readonly SocketRecord socket = ref facts.Sockets[stall.Index];
            if (socket.Vitals is { } vitals && facts.TryEarlier(in socket, out SocketRecord earlier) && earlier.Vitals is { } before)
            {
                count += vitals.TotalRetransmittedSegments - before.TotalRetransmittedSegments;
            }
        }

        return count;
    }

    private Finding Find(CaseFile facts, long timeouts, long repeats, long stuck)
    {
        double share = (double)timeouts / repeats;
        List<Fact> evidence =
        [
            new($"{Words.Of(timeouts, "timeout")} and {Words.Of(repeats, "retransmission")} in {facts.Seconds:0.0} s{(stuck > 0 ? $", without {stuck:N0} of connections that get no answer at all" : "")}", "TcpExt.TCPTimeouts, Tcp.RetransSegs, less TcpExt.TCPSynRetrans") { Value = timeouts, PerSecond = timeouts / facts.Seconds },
            facts.CounterFact("TcpExt.TCPLossProbes"),
            facts.CounterFact("TcpExt.TCPLossProbeRecovery"),
            facts.CounterFact("TcpExt.TCPFastRetrans"),
            facts.SettingFact(EarlyRetransmit),
        ];
        return new Finding
        {
            Condition = Info,
            Severity = share > Mostly ? Severity.Warning : Severity.Notice,
            Reason = $"{share:P0} of the retransmissions were timeouts; a notice above {Noticed:P0}, a warning above {Mostly:P0}",
            Summary = $"{share:P0} of what was lost was found out only by a timeout ({timeouts:N0} in {facts.Seconds:0.0} s)",
            Evidence = evidence,
            Culprits = [.. Growth.ByRemote(facts, static (in TcpVitals vitals) => vitals.TotalRetransmittedSegments).Culprits()],
            Remedies =
            [
                .. Cure,
                .. SettingRemedy.Of(facts, EarlyRetransmit, "3", "probe the end of a flight before the timeout (TLP), which is the default", "none"),
                new(RemedyKind.Network, "inside a data centre: a shorter least timeout on the route", "needless retransmissions where a peer acknowledges late") { Command = "ip route change NETWORK … rto_min 20ms" },
            ],
            Avoid =
            [
                new("net.ipv4.tcp_retries2 or tcp_syn_retries", "they say how often to try, and not how soon"),
            ],
        };
    }
}
