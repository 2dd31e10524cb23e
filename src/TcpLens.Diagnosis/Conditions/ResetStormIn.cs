namespace TcpLens.Diagnosis;

/// <summary>
/// Peers reset established connections. EstabResets counts local aborts too (net/ipv4/tcp.c, tcp_set_state), so these are taken off.
/// </summary>
internal sealed class ResetStormIn : Condition
{
    private const double SomeShare = 0.01;
    private const double ManyShare = 0.1;

    /// <summary>Idle timeouts of load balancers, NAT boxes and firewalls that many networks have, in seconds.</summary>
    private static readonly int[] UsualTimeouts = [60, 300, 350, 900, 3600];

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Application, "let connections of a pool expire before the peer or a box between cuts them (a little under its idle timeout)", "a few more connection set-ups"),
        new(RemedyKind.Application, "switch keep-alive on with a time below the smallest idle timeout on the way (see: tcplens keepalive)", "a segment each way now and then"),
        new(RemedyKind.Application, "repeat requests that may be repeated when a reused connection is reset before the first octet of the answer", "only for requests that are idempotent"),
        new(RemedyKind.Network, "look at the peer's log: it crashed, restarted, refused the data, or closed without reading all of it", "none"),
    ];

    public override ConditionInfo Info { get; } = new(
        "reset-storm-in",
        "Peers reset connections",
        "requests under way fail with ECONNRESET or EPIPE")
    {
        ExplainedBy = ["challenge-acks", "missing-keepalive"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (ResetCounts.Of(facts) is not { } resets)
        {
            return;
        }

        double share = (double)resets.Received / Math.Max(1, resets.Opened);
        if (resets.Received > ResetCounts.FewMax && share > SomeShare)
        {
            verdict.Add(Find(facts, resets, share));
        }
    }

    private Finding Find(CaseFile facts, ResetCounts resets, double share)
    {
        VanishedConnections vanished = VanishedConnections.Between(facts);
        List<Fact> evidence =
        [
            facts.CounterFact("Tcp.EstabResets"),
            new($"{resets.Received:N0} of these were not our own doing: {resets.ClosedUnread + resets.Aborted:N0} aborts by programs here and {resets.TimedOut:N0} timeouts are taken off", "TcpExt.TCPAbortOn*") { Value = resets.Received },
            new($"{resets.Opened:N0} connections were opened meanwhile", "Tcp.ActiveOpens, Tcp.PassiveOpens") { Value = resets.Opened },
        ];
        if (vanished.Count > 0)
        {
            evidence.Add(new($"{vanished.Count:N0} connections open at the first sample are gone without a trace", "sock_diag, two samples") { Value = vanished.Count });
        }

        if (vanished.IdleSpread() is { } idle)
        {
            evidence.Add(new($"they had been idle for {Words.Age(idle.Low)} to {Words.Age(idle.High)} at the first sample{NearTimeout(idle)}", "tcp_info last_data_*, last_ack_recv"));
        }

        return new Finding
        {
            Condition = Info,
            Severity = share > ManyShare ? Severity.Warning : Severity.Notice,
            Reason = resets.Opened == 0
                ? $"{resets.Received:N0} resets, and no connection was opened meanwhile"
                : $"{share:P0} of the {resets.Opened:N0} connections opened meanwhile; a notice from {SomeShare:P0}, a warning from {ManyShare:P0}",
            Summary = $"peers reset {Words.Of(resets.Received, "established connection")} in {facts.Seconds:0.0} s",
            Evidence = evidence,
            Culprits =
            [
                .. vanished.Remotes.Largest(5).Select(pair => new Culprit(CulpritKind.Remote, pair.Key.ToString(), $"{pair.Value:N0} of {vanished.Count:N0} connections that vanished")),
                .. vanished.Processes.Largest(3).Select(pair => facts.CulpritOf(pair.Key, $"{pair.Value:N0} of {vanished.Count:N0} connections that vanished")),
                .. vanished.Listeners.Largest(3).Select(pair => new Culprit(CulpritKind.Listener, pair.Key.ToString(), $"{pair.Value:N0} of {vanished.Count:N0} connections that vanished")),
            ],
            Remedies = Cure,
            Avoid = [new("raising tcp_retries2 or timeouts of sockets", "a reset ends a connection at once; no timer is asked")],
            ConfirmBy = "the tracepoint tcp:tcp_receive_reset shows each with its addresses",
        };
    }

    /// <summary>Idle ages that lie together just below or at a usual timeout speak for a box on the way.</summary>
    private static string NearTimeout((TimeSpan Low, TimeSpan High) idle)
    {
        foreach (int timeout in UsualTimeouts)
        {
            if (idle.Low.TotalSeconds > timeout * 0.9 && idle.High.TotalSeconds < timeout * 1.1)
            {
                return $", close to an idle timeout of {timeout} s that load balancers and NAT use";
            }
        }

        return "";
    }
}
