using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Idle connections to other hosts without keep-alive, or with one so rare that middleboxes forget the connection first: nobody
/// would notice a dead peer. Which timer runs is all that sock_diag tells of it (net/ipv4/tcp_diag.c).
/// </summary>
internal sealed class MissingKeepalive : Condition
{
    private const int FewMin = 3;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(300);

    /// <summary>The next probe comes later than any middlebox waits.</summary>
    private static readonly TimeSpan TooRare = TimeSpan.FromHours(1);

    public override ConditionInfo Info { get; } = new(
        "missing-keepalive",
        "Idle connections on which a dead peer would not be noticed",
        "none yet; connections will hang when a peer or a middlebox forgets them");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        ConnectionGroups silent = new(), rare = new();
        uint idleMilliseconds = (uint)facts.Patience(Idle).TotalMilliseconds;
        ReadOnlySpan<SocketRecord> sockets = facts.Sockets;
        for (int i = 0; i < sockets.Length; i++)
        {
            ref readonly SocketRecord socket = ref sockets[i];
            bool isRare = socket.Entry.Timer == SocketTimer.KeepAlive && socket.Entry.State == TcpState.Established && socket.Entry.TimerMilliseconds > TooRare.TotalMilliseconds;
            if ((isRare || PhantomSurvey.MayBeDead(in socket))
                && socket.VitalsInPlace.IdleMilliseconds is { } idle && idle > idleMilliseconds
                && !facts.Phantoms.IsSuspect(i) && !facts.IsHere(socket.Entry.Remote.Address))
            {
                (isRare ? rare : silent).ByProcess(in socket).Add(in socket, TimeSpan.FromMilliseconds(idle));
            }
        }

        long vanished = Vanished(facts, idleMilliseconds);
        foreach (ConnectionGroup group in silent.Largest)
        {
            verdict.Add(Find(facts, group, vanished, isRare: false));
        }

        foreach (ConnectionGroup group in rare.Largest)
        {
            verdict.Add(Find(facts, group, vanished, isRare: true));
        }
    }

    /// <summary>
    /// Connections that were idle at the first sample and are gone without a FIN: TIME_WAIT would still be there. No more than
    /// resets were counted.
    /// </summary>
    private static long Vanished(CaseFile facts, uint idleMilliseconds)
    {
        long resets = facts.Moved("Tcp.EstabResets") ?? 0;
        long vanished = 0;
        if (resets >= FewMin)
        {
            foreach (ref readonly SocketRecord socket in facts.Seen.Before.Sockets.All)
            {
                vanished += PhantomSurvey.MayBeDead(in socket) && socket.VitalsInPlace.IdleMilliseconds > idleMilliseconds
                    && !facts.Seen.Now.Sockets.TryFind(socket.Entry.Cookie, out _) ? 1 : 0;
            }
        }

        return Math.Min(vanished, resets);
    }

    private Finding Find(CaseFile facts, ConnectionGroup group, long vanished, bool isRare)
    {
        (Severity severity, string reason) = isRare ? (Severity.Info, "keep-alive is on, and comes too rarely to keep a middlebox from forgetting the connection")
            : vanished >= FewMin ? (Severity.Warning, $"{Words.Of(vanished, "idle connection")} were reset while watched; a warning from {FewMin}")
            : group.Count >= FewMin ? (Severity.Notice, $"{Words.Of(group.Count, "connection")} idle for more than {Words.Age(facts.Patience(Idle))}; a notice from {FewMin}")
            : (Severity.Info, $"{Words.Of(group.Count, "connection")}; a notice from {FewMin}");
        List<Fact> evidence =
        [
            isRare
                ? new($"{Words.Of(group.Count, "idle connection")} with the next keep-alive probe in more than {Words.Age(TooRare)}, the longest silent for {Words.Age(group.Longest)}", "sock_diag, timer; tcp_info") { Value = group.Count }
                : new($"{Words.Of(group.Count, "idle connection")} to {group.Remotes.Distinct:N0} other hosts without any timer, the longest silent for {Words.Age(group.Longest)}", "sock_diag, timer; tcp_info") { Value = group.Count },
            facts.SettingFact("net.ipv4.tcp_keepalive_time"),
        ];
        if (vanished > 0)
        {
            evidence.Add(new($"{Words.Of(vanished, "connection")} idle at the first sample and reset before the second", "sock_diag, two samples; Tcp.EstabResets") { Value = vanished });
        }

        return new Finding
        {
            Condition = Info,
            Subject = isRare ? $"{group.Name}:rare" : group.Name,
            Severity = severity,
            Reason = reason,
            Summary = isRare
                ? $"{group.Name} asks its peers only every hour or more whether they live ({Words.Of(group.Count, "idle connection")})"
                : $"{group.Name} would not notice the death of {Words.Of(group.Count, "idle peer")}: no keep-alive",
            Evidence = evidence,
            Culprits = [.. group.Culprits(facts)],
            Remedies =
            [
                LivenessAdvice.Heartbeat,
                new(RemedyKind.Application, "SO_KEEPALIVE with TCP_KEEPIDLE at most half of the shortest timeout on the way (AWS NLB 350 s, many NATs 300 s)", "a packet for each connection and interval"),
                .. SettingRemedy.Of(facts, "net.ipv4.tcp_keepalive_time", "300", "ask every five minutes on sockets that have keep-alive on and no time of their own", "none for others: it switches nothing on"),
            ],
            Avoid = [LivenessAdvice.SettingAlone],
            Confidence = Confidence.Likely,
            ConfirmBy = "heartbeats of the application are rarer than the silence seen here, or there are none: look at its configuration",
        };
    }
}
