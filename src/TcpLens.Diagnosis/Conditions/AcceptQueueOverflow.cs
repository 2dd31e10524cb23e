namespace TcpLens.Diagnosis;

/// <summary>
/// A listener's accept queue is full, and the kernel drops SYNs and the last ACKs of handshakes (net/ipv4/tcp_input.c,
/// tcp_conn_request; tcp_ipv4.c, tcp_v4_syn_recv_sock). Its own drop counter says which listener it was.
/// </summary>
internal sealed class AcceptQueueOverflow : Condition
{
    private const string Counter = "TcpExt.ListenOverflows";

    public override ConditionInfo Info { get; } = new(
        "accept-queue-overflow",
        "Finished handshakes are dropped",
        "clients wait one, three, seven seconds more for a connection, or time out")
    {
        ExplainedBy = ["unaccepted-connections", "fd-exhaustion", "reuseport-imbalance"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        long overflows = facts.Moved(Counter) ?? 0;
        foreach (ListenerCase listener in facts.Listeners.OrderByDescending(static listener => listener.DroppedMeanwhile ?? 0))
        {
            bool isFull = listener.Length > listener.Limit && listener.LengthBefore > listener.Limit;
            bool dropped = listener.DroppedMeanwhile > 0 && overflows > 0;
            if (isFull || dropped)
            {
                verdict.Add(Find(facts, listener, isFull));
            }
        }

        if (overflows > 0 && facts.Listeners.All(static listener => listener.DroppedMeanwhile is null))
        {
            verdict.CannotCheck("which listener overflowed: the sockets' own drop counters could not be read");
        }

        if (verdict.Findings.Count == 0 && facts.Value(Counter) is > 0 and var ever)
        {
            verdict.Add(Once(facts, ever, overflows));
        }
    }

    private Finding Find(CaseFile facts, ListenerCase listener, bool isFull)
    {
        long dropped = listener.DroppedMeanwhile ?? 0;
        string owner = CaseFile.NameOf(listener.Socket.Process);
        List<Fact> evidence =
        [
            new($"accept queue of {listener.Local}: {listener.LengthBefore} then {listener.Length}, limit {listener.Limit}", "sock_diag, Recv-Q and Send-Q of the listener") { Value = listener.Length },
            facts.CounterFact(Counter),
        ];
        if (listener.DroppedMeanwhile is not null)
        {
            evidence.Insert(1, new($"{Words.Of(dropped, "segment")} of handshakes dropped by this listener in {facts.Seconds:0.0} s", "sock_diag, sk_drops of the listener") { Value = dropped, PerSecond = dropped / facts.Seconds });
        }

        if (facts.FactsOf(listener.Socket.Process) is { } process)
        {
            evidence.Add(ProcessWords.StateFact(process));
            evidence.AddRange(ProcessWords.DescriptorFact(process));
        }

        return new Finding
        {
            Condition = Info,
            Subject = listener.Local.ToString(),
            Severity = isFull ? Severity.Critical : Severity.Warning,
            Reason = isFull
                ? $"the queue was over its limit of {listener.Limit} in both samples"
                : $"handshakes were dropped while watched, though the queue ({listener.Length} of {listener.Limit}) is not full now",
            Summary = $"{listener.Local} ({owner}) is not accepted fast enough: {(dropped > 0 ? $"{Words.Of(dropped, "segment")} of handshakes dropped in {facts.Seconds:0.0} s" : $"its queue holds {listener.Length} of {listener.Limit}")}",
            Evidence = evidence,
            Culprits =
            [
                new Culprit(CulpritKind.Listener, listener.Local.ToString(), $"queue {listener.Length} of {listener.Limit}"),
                .. facts.Seen.Now.Sockets.HoldersOf(listener.Socket).Select(holder => facts.CulpritOf(holder)),
            ],
            Remedies = Remedies(facts, listener),
            Avoid = [CommonMyths.AbortOnOverflow, CommonMyths.SomaxconnAlone],
        };
    }

    /// <summary>Handshakes that met a full queue before, or at a listener that is gone.</summary>
    private Finding Once(CaseFile facts, long ever, long overflows) => new()
    {
        Condition = Info,
        Severity = overflows > 0 ? Severity.Warning : facts.HasTwoSamples ? Severity.Info : Severity.Notice,
        Reason = overflows > 0 ? "handshakes were dropped while watched, and no listener that is still there has counted them" : "only since boot, not while watched",
        Summary = $"{Words.Of(overflows > 0 ? overflows : ever, "handshake")} met a full accept queue {(overflows > 0 ? $"in {facts.Seconds:0.0} s" : "since boot, none while watched")}",
        Evidence = [facts.CounterFact(Counter), new($"{ever:N0} since boot", Counter) { Value = ever }],
        Remedies = [new(RemedyKind.Command, "watch for longer, while clients complain: tcplens doctor --duration 1m --only accept-queue-overflow", "none")],
    };

    private static List<Remedy> Remedies(CaseFile facts, ListenerCase listener)
    {
        List<Remedy> remedies =
        [
            new(RemedyKind.Application, "make the program accept sooner: a loop that only accepts, no blocking work in it, no pause of the whole process", "none"),
            new(RemedyKind.Application, $"ask for a longer queue in listen() (now {listener.Limit}; 1024 to 4096 on a server) and restart the program", "a restart; waiting clients wait longer instead of failing"),
        ];
        if (facts.Settings.Number("net.core.somaxconn") is { } most && most <= listener.Limit && most < 4096)
        {
            remedies.AddRange(SettingRemedy.Of(facts, "net.core.somaxconn", "4096", $"net.core.somaxconn ({most}) caps the queue: raise it, then restart the program", "none beyond a few hundred octets a waiting connection"));
        }

        return remedies;
    }
}
