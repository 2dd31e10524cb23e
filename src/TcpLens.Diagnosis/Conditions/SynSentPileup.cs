using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// connect() hangs: SYNs are repeated and not answered (net/ipv4/tcp_timer.c). A rejected SYN never stays; so somebody drops them:
/// a firewall, a host that is down, the peer's full accept queue, or this host itself.
/// </summary>
internal sealed class SynSentPileup : Condition
{
    private const byte Repeats = 2;
    private const int SomeMin = 5;
    private const int ManyMin = 20;
    private const double MostFail = 0.5;

    public override ConditionInfo Info { get; } = new(
        "syn-sent-pileup",
        "Outgoing connections get no answer",
        "callers wait up to two minutes for an error")
    {
        ExplainedBy = ["accept-queue-overflow", "local-drop", "conntrack-full"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        Dictionary<Endpoint, SynGroup> destinations = [];
        Dictionary<int, SynGroup> processes = [];
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.State == TcpState.SynSent && socket.Entry.TimerRetransmits >= Repeats)
            {
                (destinations.TryGetValue(socket.Entry.Remote, out SynGroup? known) ? known : destinations[socket.Entry.Remote] = new SynGroup()).Add(in socket);
                if (socket.Process is { } process)
                {
                    (processes.TryGetValue(process.Pid, out SynGroup? its) ? its : processes[process.Pid] = new SynGroup()).Add(in socket);
                }
            }
        }

        if (destinations.Count == 0)
        {
            return;
        }

        // One process, many destinations: told once, as what they have in common.
        foreach (SynGroup wide in processes.Values.Where(static its => its.Count >= ManyMin && its.Destinations.Distinct >= ManyMin))
        {
            verdict.Add(Wide(facts, wide));
        }

        foreach ((Endpoint destination, SynGroup group) in destinations.Where(pair => !IsTold(pair.Value, processes)).OrderByDescending(static pair => pair.Value.Count))
        {
            verdict.Add(To(facts, destination, group));
        }
    }

    private static bool IsTold(SynGroup group, Dictionary<int, SynGroup> processes)
        => group.Count < SomeMin && group.Processes.Largest(1).Any(first => processes[first.Key.Pid] is { Count: >= ManyMin, Destinations.Distinct: >= ManyMin });

    private Finding To(CaseFile facts, Endpoint destination, SynGroup group)
    {
        SynFate fate = SynFate.Of(facts, destination);
        (Severity severity, string reason) = Judge(facts, group);
        return new Finding
        {
            Condition = Info,
            Subject = destination.ToString(),
            Severity = severity,
            Reason = reason,
            Summary = $"{Words.Of(group.Count, "connection")} to {destination} get no answer, the oldest for {Words.Age(group.Oldest(facts))}: {fate.Text}",
            Evidence =
            [
                new($"{group.Count:N0} in SYN_SENT with {Repeats} and more SYNs repeated, at most {group.MostRepeats}", "sock_diag, idiag_retrans") { Value = group.Count },
                facts.CounterFact("TcpExt.TCPSynRetrans"),
                facts.CounterFact("Tcp.AttemptFails"),
                .. fate.Evidence,
                Deadline(facts),
            ],
            Culprits =
            [
                new Culprit(CulpritKind.Destination, destination.ToString(), Words.Of(group.Count, "connection")),
                new Culprit(CulpritKind.Remote, destination.Address.ToString()),
                .. fate.Listener is { } listener ? [new Culprit(CulpritKind.Listener, listener.Local.ToString(), $"queue {listener.Length} of {listener.Limit}")] : Array.Empty<Culprit>(),
                .. group.Processes.Largest().Select(each => facts.CulpritOf(each.Key, Words.Of(each.Value, "connection"))),
            ],
            Remedies = [new(RemedyKind.Network, fate.Remedy, "none"), .. Patience(facts)],
            Avoid = Myths,
            Confidence = fate.Confidence,
            ConfirmBy = fate.ConfirmBy,
        };
    }

    private Finding Wide(CaseFile facts, SynGroup group)
    {
        ProcessRef process = group.Processes.Largest(1).First().Key;
        return new Finding
        {
            Condition = Info,
            Subject = CaseFile.NameOf(process),
            Severity = Severity.Warning,
            Reason = $"{group.Count:N0} connections to {group.Destinations.Distinct:N0} destinations; a warning from {ManyMin}",
            Summary = $"{CaseFile.NameOf(process)} gets no answer from {group.Destinations.Distinct:N0} different destinations: its way out is cut, or it scans",
            Evidence =
            [
                new($"{group.Count:N0} in SYN_SENT with {Repeats} and more SYNs repeated, to {group.Destinations.Distinct:N0} destinations", "sock_diag, idiag_retrans") { Value = group.Count },
                facts.CounterFact("TcpExt.TCPSynRetrans"),
                facts.CounterFact("TcpExt.TCPRetransFail"),
            ],
            Culprits = [facts.CulpritOf(process, Words.Of(group.Count, "connection")), .. group.Destinations.Culprits(CulpritKind.Destination, static destination => destination.ToString())],
            Remedies = [new(RemedyKind.Network, "if other programs of this host reach nothing either: look at its own link, route and firewall; if they do: ask what this program is looking for", "none"), .. Patience(facts)],
            Avoid = Myths,
            Confidence = Confidence.Likely,
            ConfirmBy = $"tcplens list state syn-sent pid {process.Pid}: neighbouring addresses or ports in a row are a scan",
            ExplainedBy = ["local-drop", "conntrack-full"],
        };
    }

    private static (Severity Severity, string Reason) Judge(CaseFile facts, SynGroup group)
    {
        long opens = facts.Moved("Tcp.ActiveOpens") ?? 0, fails = facts.Moved("Tcp.AttemptFails") ?? 0;
        bool isAll = group.Processes.Largest(1).Any(first => first.Value >= SomeMin && HasNothingElse(facts, first.Key));
        return group.Count switch
        {
            >= SomeMin when opens >= ManyMin && fails > opens * MostFail => (Severity.Critical, $"{group.Count:N0} hang, and {(double)fails / opens:P0} of the connections opened meanwhile failed; critical above 50 %"),
            >= ManyMin => (Severity.Warning, $"{group.Count:N0} connections to one destination; a warning from {ManyMin}"),
            _ when isAll => (Severity.Warning, "they are all the connections that the program has"),
            >= SomeMin => (Severity.Notice, $"{group.Count:N0} connections to one destination; a warning from {ManyMin}"),
            _ => (Severity.Info, $"{Words.Of(group.Count, "connection")}; a notice from {SomeMin}"),
        };
    }

    private static bool HasNothingElse(CaseFile facts, ProcessRef process)
    {
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Process?.Pid == process.Pid && socket.Entry.State != TcpState.SynSent)
            {
                return false;
            }
        }

        return true;
    }

    private static Fact Deadline(CaseFile facts)
    {
        TimerReading reading = TimerRules.Connect(key => facts.Settings[key]);
        return new($"connect() gives up after about {Words.Age(reading.Duration ?? TimeSpan.Zero)}: {reading.How}", "net.ipv4.tcp_syn_retries") { Value = reading.Duration?.TotalSeconds };
    }

    private static IEnumerable<Remedy> Patience(CaseFile facts)
    {
        yield return new(RemedyKind.Application, "give connect() a time limit of 2 to 5 s (.NET: SocketsHttpHandler.ConnectTimeout; TCP_SYNCNT 3 is about 19 s), and stop asking a destination that does not answer", "a slow path is given up too");
        foreach (Remedy remedy in SettingRemedy.Of(facts, "net.ipv4.tcp_syn_retries", "4", "let connect() of every program fail after about 35 s", "programs that wait for a host to boot give up earlier"))
        {
            yield return remedy;
        }
    }

    private static IReadOnlyList<Myth> Myths { get; } =
    [
        new("raising net.ipv4.tcp_syn_retries", "callers only wait longer for the same error"),
        new("\"SYN_SENT means a firewall\"", "a full accept queue at the peer and a host that is down look the same from here"),
    ];
}
