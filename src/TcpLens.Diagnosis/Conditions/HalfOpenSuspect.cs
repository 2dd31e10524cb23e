namespace TcpLens.Diagnosis;

/// <summary>
/// Established connections whose peer may be gone: power lost, network changed, forgotten by a middlebox. TCP says nothing on an idle
/// connection by itself (RFC 9293 §3.8.4), so that this end waits for ever unless keep-alive or the application asks.
/// </summary>
internal sealed class HalfOpenSuspect : Condition
{
    private const double ShareMax = 0.2;
    private const double LimitNear = 0.8;

    public override ConditionInfo Info { get; } = new(
        "half-open-suspect",
        "Established connections with perhaps nobody at the other end",
        "descriptors, memory, sessions and locks are kept for clients that are gone")
    {
        ExplainedBy = ["missing-keepalive"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        PhantomSurvey survey = facts.Phantoms;
        if (survey.IsBlind)
        {
            verdict.CannotCheck("how long connections have been idle: tcp_info could not be read");
        }

        foreach (Phantoms group in survey.Suspected)
        {
            verdict.Add(Find(facts, group));
        }
    }

    private Finding Find(CaseFile facts, Phantoms group)
    {
        (Severity severity, string reason) = Judge(facts, group);
        string name = CaseFile.NameOf(group.Process);
        string place = group.Listener is { } listener ? $" on {listener.Local}" : "";
        string oldest = Words.Age(TimeSpan.FromMilliseconds(group.OldestMilliseconds));
        return new Finding
        {
            Condition = Info,
            Subject = group.Listener?.Local.ToString() ?? name,
            Severity = severity,
            Reason = reason,
            Summary = $"{name} keeps {Words.Of(group.Stale.Count, "established connection")}{place} that {(group.Stale.Count == 1 ? "has" : "have")} been silent for up to {oldest} without keep-alive{(group.LeftBehind > 0 ? ", though their peers have come back since" : "")}",
            Evidence = Evidence(facts, group, oldest),
            Culprits =
            [
                .. group.Process is { } process ? [facts.CulpritOf(process, $"{group.Stale.Count:N0} of {group.Established:N0} connections")] : Array.Empty<Culprit>(),
                .. group.Listener is { } at ? [new Culprit(CulpritKind.Listener, at.Local.ToString())] : Array.Empty<Culprit>(),
                .. group.Remotes.OrderByDescending(static pair => pair.Value.Stale).Take(Culprit.Few)
                    .Select(static pair => new Culprit(CulpritKind.Remote, pair.Key.ToString(), $"{pair.Value.Stale:N0} silent, {pair.Value.Fresh:N0} in use")),
            ],
            Remedies = Remedies(group),
            Avoid =
            [
                LivenessAdvice.SettingAlone,
                new("net.ipv4.tcp_retries2", "it counts retransmissions, and an idle connection has nothing to retransmit"),
            ],
            Confidence = group.Proven == group.Stale.Count ? Confidence.Sure : group.Proven > 0 || group.Reconnecting > 1 ? Confidence.Likely : Confidence.Maybe,
            ConfirmBy = group.Proven == group.Stale.Count
                ? null
                : "look at the peer: ss -tn there must show the other end; or let the program send something, and a dead peer gives no acknowledgment (tcplens list 'timer on')",
        };
    }

    private static (Severity Severity, string Reason) Judge(CaseFile facts, Phantoms group)
    {
        int strong = Math.Max(group.LeftBehind, group.Proven);
        double share = (double)strong / Math.Max(group.Established, 1);
        bool isMany = strong >= PhantomSurvey.SeveralMin && share > ShareMax;
        bool isLimitNear = facts.FactsOf(group.Process) is { Descriptors: { } open, DescriptorLimit: { } limit } && open >= limit * LimitNear;
        return isMany && isLimitNear ? (Severity.Critical, $"{share:P0} of {group.Established:N0} connections, and the process is near its limit of descriptors")
            : isMany ? (Severity.Warning, $"{share:P0} of {Words.Of(group.Established, "connection")} {(group.Proven > group.LeftBehind ? "have no other end" : "were left behind by peers that came back")}; a warning above {ShareMax:P0}")
            : group.Proven > 0 ? (Severity.Notice, $"{Words.Of(group.Proven, "connection")} without another end, of {group.Established:N0}; a warning from {PhantomSurvey.SeveralMin} and above {ShareMax:P0}")
            : group.Old > 0 ? (Severity.Notice, $"{Words.Of(group.Old, "connection")} idle for more than {Words.Age(facts.Patience(PhantomSurvey.OldAge))}")
            : (Severity.Notice, $"{Words.Of(strong, "connection")} left behind, {share:P0} of {group.Established:N0}; a warning above {ShareMax:P0}");
    }

    private static List<Fact> Evidence(CaseFile facts, Phantoms group, string oldest)
    {
        List<Fact> evidence =
        [
            new($"{group.Stale.Count:N0} of {group.Established:N0} established connections: nothing sent or received for more than {Words.Age(facts.Patience(PhantomSurvey.StaleAge))}, the oldest {oldest}; no timer runs", "sock_diag, tcp_info last_data_sent, last_data_recv, last_ack_recv") { Value = group.Stale.Count },
        ];
        if (group.Old > 0)
        {
            evidence.Add(new($"{group.Old:N0} of them for more than {Words.Age(facts.Patience(PhantomSurvey.OldAge))}", "tcp_info") { Value = group.Old });
        }

        if (group.LeftBehind > 0)
        {
            evidence.Add(new($"{group.Reconnecting:N0} remote {(group.Reconnecting == 1 ? "address has" : "addresses have")} fresh connections beside {group.LeftBehind:N0} silent ones", "sock_diag, tcp_info by remote address") { Value = group.LeftBehind });
        }

        if (group.Proven > 0)
        {
            evidence.Add(new($"{group.Proven:N0} with a peer on this very host whose end of the connection does not exist", "sock_diag, both ends in one table") { Value = group.Proven });
        }

        if (facts.FactsOf(group.Process) is { Descriptors: { } open, DescriptorLimit: { } limit })
        {
            evidence.Add(new($"the process has {open:N0} of {limit:N0} descriptors open", "/proc/PID/fd, /proc/PID/limits") { Value = open });
        }

        return evidence;
    }

    private static List<Remedy> Remedies(Phantoms group) =>
    [
        LivenessAdvice.Heartbeat,
        LivenessAdvice.KeepAlive,
        new(RemedyKind.Application, "an idle timeout at the server, and one session for each client: a new one ends the old", "clients must be able to reconnect"),
        new(RemedyKind.Command, "end the old ones without the program", "the program sees ECONNABORTED; a peer that lives sees a reset and reconnects")
        {
            Command = group.Process is { } process ? $"tcplens kill 'state established idle > 2h pid {process.Pid}'" : null,
        },
    ];
}
