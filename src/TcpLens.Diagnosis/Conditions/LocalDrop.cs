namespace TcpLens.Diagnosis;

/// <summary>
/// Packets die inside this machine: a firewall rule or a full queue on the way out (TCPRetransFail), discarded by IP, by rp_filter, by the
/// backlog of a processor, or by a device.
/// </summary>
internal sealed class LocalDrop : Condition
{
    private const int FewRetransmissionsMax = 4;
    private const int FewMax = 20;
    private const double SomeShare = 0.1;
    private const double SomePerSecond = 10;

    public override ConditionInfo Info { get; } = new(
        "local-drop",
        "This machine drops its own packets",
        "connects and transfers time out though the network is fine");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        ExamineRetransmissions(facts, verdict);
        ExamineCounter(facts, verdict, "Ip.OutDiscards", "discarded on the way out, by IP", OutDiscards);
        ExamineCounter(facts, verdict, "Ip.InDiscards", "discarded on the way in, by IP", InDiscards);
        ExamineCounter(facts, verdict, "TcpExt.IPReversePathFilter", "dropped because their way back would be another interface (rp_filter)", ReversePath);
        ExamineSoftnet(facts, verdict);
        ExamineDevices(facts, verdict);
    }

    /// <summary>A retransmission that could not be handed down counts twice: as sent, and as failed.</summary>
    private void ExamineRetransmissions(CaseFile facts, Verdict verdict)
    {
        long failed = facts.Moved("TcpExt.TCPRetransFail") ?? 0;
        long all = facts.Moved("Tcp.RetransSegs") ?? 0;
        if (failed <= FewRetransmissionsMax || failed <= SomeShare * all)
        {
            return;
        }

        verdict.Add(new Finding
        {
            Condition = Info,
            Subject = "output",
            Severity = Severity.Warning,
            Reason = $"{(double)failed / Math.Max(1, all):P0} of {all:N0} retransmissions; a warning from {SomeShare:P0}",
            Summary = $"{Words.Of(failed, "retransmission")} did not leave this machine: a rule, a queue or a route here stopped them",
            Evidence =
            [
                facts.CounterFact("TcpExt.TCPRetransFail"), facts.CounterFact("Tcp.RetransSegs"), facts.CounterFact("TcpExt.TCPSynRetrans"),
                facts.CounterFact("Ip.OutDiscards"), facts.CounterFact("Ip.OutNoRoutes"),
            ],
            Remedies =
            [
                new(RemedyKind.Network, "look for a rule that drops on the way out", "none") { Command = "nft list ruleset" },
                new(RemedyKind.Network, "look for a queue that is full", "none") { Command = "tc -s qdisc" },
                new(RemedyKind.Network, "look for a route that is gone", "none") { Command = "ip route" },
            ],
            Avoid = [new("blaming the network, and raising tcp_retries2 or tcp_syn_retries", "nothing has left this machine: more attempts fail the same way")],
        });
    }

    private void ExamineCounter(CaseFile facts, Verdict verdict, string counter, string what, Remedy remedy)
    {
        if (facts.Moved(counter) is > FewMax and var moved && moved > SomePerSecond * facts.Seconds)
        {
            verdict.Add(Find(facts, counter, counter, $"{Words.Of(moved, "packet")} {what}", remedy, []));
        }
    }

    /// <summary>The host's packets, of all its namespaces: in any but the host's own they explain at most.</summary>
    private void ExamineSoftnet(CaseFile facts, Verdict verdict)
    {
        const string Counter = "softnet.dropped";
        if (facts.Moved(Counter) is > FewMax and var moved && moved > SomePerSecond * facts.Seconds)
        {
            verdict.Add(Find(facts, Counter, Counter, $"{Words.Of(moved, "packet")} dropped because a processor's input queue was full; host-wide", Softnet, [], isOfHost: true));
        }
    }

    private void ExamineDevices(CaseFile facts, Verdict verdict)
    {
        foreach (string device in facts.Seen.Interfaces.Select(static device => device.Name))
        {
            foreach (string way in (ReadOnlySpan<string>)["rx", "tx"])
            {
                string counter = $"device {device}.{way}_dropped";
                if (facts.Moved(counter) is > FewMax and var moved && moved > SomePerSecond * facts.Seconds)
                {
                    verdict.Add(Find(facts, $"{device}.{way}", counter, $"{Words.Of(moved, "packet")} dropped by device {device} on the way {(way == "rx" ? "in" : "out")}", Device, [new Culprit(CulpritKind.Interface, device)]));
                }
            }
        }
    }

    private Finding Find(CaseFile facts, string subject, string counter, string summary, Remedy remedy, IReadOnlyList<Culprit> culprits, bool isOfHost = false) => new()
    {
        Condition = Info,
        Subject = subject,
        Severity = isOfHost && !facts.Seen.Namespace.IsHost ? Severity.Info : Severity.Notice,
        Reason = $"{facts.Rate(counter):#,0} a second; a notice from {SomePerSecond:0}{(isOfHost ? " in the host's namespace, for the counter is the whole host's" : "")}",
        Summary = summary,
        Evidence = [facts.CounterFact(counter), facts.CounterFact("Ip.InReceives"), facts.CounterFact("Ip.OutRequests")],
        Culprits = culprits,
        Remedies = [remedy],
    };

    private static Remedy OutDiscards { get; } = new(RemedyKind.Network, "look for rules that drop on the way out, full queues, and neighbours that do not answer (nft list ruleset, tc -s qdisc, ip neigh)", "none");

    private static Remedy InDiscards { get; } = new(RemedyKind.Network, "look at memory (tcplens doctor --only tcp-memory-pressure) and at rules that drop on the way in", "none");

    private static Remedy ReversePath { get; } = new(RemedyKind.Network, "on a machine with several interfaces set net.ipv4.conf.all.rp_filter to 2 (loose), or mend the routes", "loose mode still drops what no interface could answer");

    private static Remedy Softnet { get; } = new(RemedyKind.Network, "spread interrupts over processors (more queues, RPS); net.core.netdev_max_backlog helps only devices without NAPI", "more processors are interrupted");

    private static Remedy Device { get; } = new(RemedyKind.Network, "see why (ethtool -S DEVICE): a ring that is too small, a queue that is full, a VLAN or protocol that nobody takes", "none");
}
