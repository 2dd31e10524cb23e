namespace TcpLens.Diagnosis;

/// <summary>
/// This machine sends many RSTs. Its own programs cause them by closing with unread data or with SO_LINGER 0, and each has a counter;
/// the rest answers segments that belong to no socket: a service that is down, a scan, stale connections of a load balancer.
/// </summary>
internal sealed class ResetStormOut : Condition
{
    private const double FewPerSecond = 10;
    private const double SomeShare = 0.05;
    private const double ManyShare = 0.2;
    private const double MostShare = 0.5;

    public override ConditionInfo Info { get; } = new(
        "reset-storm-out",
        "This machine resets connections",
        "clients see ECONNRESET or ECONNREFUSED, and may lose the end of an answer")
    {
        ExplainedBy = ["orphan-limit", "time-wait-bucket-overflow"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (ResetCounts.Of(facts) is not { } resets)
        {
            return;
        }

        long counted = resets.Sent - resets.RefusedHere;
        double share = (double)counted / Math.Max(1, resets.Opened);
        if (counted > ResetCounts.FewMax && counted > FewPerSecond * facts.Seconds && share > SomeShare)
        {
            verdict.Add(Find(facts, resets, counted, share));
        }
    }

    private Finding Find(CaseFile facts, ResetCounts resets, long counted, double share)
    {
        bool isOurs = resets.OwnAborts * 2 >= counted;
        string cause = isOurs
            ? resets.ClosedUnread >= resets.Aborted ? "mostly by closing connections with unread data" : "mostly by closing with SO_LINGER 0, or because data came after close()"
            : "mostly in answer to segments that belong to no socket";
        VanishedConnections vanished = VanishedConnections.Between(facts);
        return new Finding
        {
            Condition = Info,
            Severity = share > MostShare && isOurs ? Severity.Critical : share > ManyShare ? Severity.Warning : Severity.Notice,
            Reason = Reason(resets, share, isOurs),
            Summary = $"{counted / facts.Seconds:#,0} RSTs a second are sent, {cause}",
            Evidence = Evidence(facts, resets, vanished),
            Culprits =
            [
                .. vanished.Processes.Largest(5).Select(pair => facts.CulpritOf(pair.Key, $"{pair.Value:N0} of {vanished.Count:N0} connections that vanished")),
                .. vanished.Listeners.Largest(5).Select(pair => new Culprit(CulpritKind.Listener, pair.Key.ToString(), $"{pair.Value:N0} of {vanished.Count:N0} connections that vanished")),
            ],
            Remedies = isOurs ? OurRemedies(resets) : StrayRemedies(),
            Avoid = [CommonMyths.LingerZero],
            Confidence = isOurs ? Confidence.Sure : Confidence.Likely,
            ConfirmBy = isOurs ? null : "see which ports they come from: tcpdump 'tcp[tcpflags] & tcp-rst != 0', or the tracepoint tcp:tcp_send_reset, which tells the reason on newer kernels",
        };
    }

    private static string Reason(ResetCounts resets, double share, bool isOurs) => resets.Opened == 0
        ? $"no connection was opened meanwhile; a notice from {FewPerSecond:0} a second"
        : $"{share:P0} of the {resets.Opened:N0} connections opened meanwhile; a notice from {SomeShare:P0}, a warning from {ManyShare:P0}{(isOurs ? $", critical from {MostShare:P0}" : "; it may be a mere scan")}";

    private static List<Fact> Evidence(CaseFile facts, ResetCounts resets, VanishedConnections vanished)
    {
        List<Fact> evidence = [facts.CounterFact("Tcp.OutRsts"), facts.CounterFact("Tcp.PassiveOpens"), facts.CounterFact("Tcp.ActiveOpens")];
        foreach (string cause in (ReadOnlySpan<string>)["TcpExt.TCPAbortOnClose", "TcpExt.TCPAbortOnData", "TcpExt.TCPAbortOnMemory", "TcpExt.TCPAbortOnLinger", "TcpExt.TCPTimeWaitOverflow"])
        {
            if (facts.Moved(cause) > 0)
            {
                evidence.Add(facts.CounterFact(cause));
            }
        }

        long strays = resets.Stray - resets.RefusedHere;
        evidence.Add(new($"{strays:N0} answered segments without a socket: closed ports, or connections unknown here", "Tcp.OutRsts without the abort counters") { Value = strays });
        if (resets.RefusedHere > 0)
        {
            evidence.Add(new($"{resets.RefusedHere:N0} more refused this machine's own connects, and are not counted here", "Tcp.AttemptFails") { Value = resets.RefusedHere });
        }

        if (vanished.Count > 0)
        {
            evidence.Add(new($"{vanished.Count:N0} connections open at the first sample are gone without a trace, {vanished.Unread:N0} of them had unread data", "sock_diag, two samples") { Value = vanished.Count });
        }

        return evidence;
    }

    private static List<Remedy> OurRemedies(ResetCounts resets) =>
    [
        resets.ClosedUnread >= resets.Aborted
            ? new(RemedyKind.Application, "read to the end before close(): shutdown(SHUT_WR), read until 0 under a deadline, close(); drain request bodies that are refused", "a connection stays a little longer")
            : new(RemedyKind.Application, "take SO_LINGER {1, 0} out, and do not close while the peer still sends", "TIME_WAIT sockets appear, which is right"),
        new(RemedyKind.Application, "agree with peers on who closes first, so that nobody writes into a closed connection", "none"),
    ];

    private static List<Remedy> StrayRemedies() =>
    [
        new(RemedyKind.Application, "if a service is down or restarts, start it, and take it out of its load balancer before it stops", "none"),
        new(RemedyKind.Network, "if an address moved here, let its peers reconnect; their old connections end by these very RSTs", "none"),
        new(RemedyKind.Network, "if it is a scan, drop it in the firewall", "dropped clients wait for a timeout instead of a refusal"),
    ];
}
