namespace TcpLens.Diagnosis;

/// <summary>
/// The firewall's table of connections is full or nearly so. Each namespace counts its own entries, and one limit of the host holds for
/// each. Before it drops, the kernel evicts entries without an answer yet, which hides the overflow (net/netfilter/nf_conntrack_core.c).
/// </summary>
internal sealed class ConntrackFull : Condition
{
    private const string Max = "net.netfilter.nf_conntrack_max";
    private const string Buckets = "net.netfilter.nf_conntrack_buckets";
    private const string EstablishedTimeout = "net.netfilter.nf_conntrack_tcp_timeout_established";
    private const int FewClashesMax = 20;
    private const double SomeShare = 0.75;
    private const double ManyShare = 0.9;
    private const int OctetsAnEntry = 256;

    /// <summary>RFC 5382 §5, REQ-5: at least 2 hours and 4 minutes.</summary>
    private const int LeastEstablishedSeconds = 7440;

    private const int SaneEstablishedSeconds = 86400;

    public override ConditionInfo Info { get; } = new(
        "conntrack-full",
        "The firewall's connection table is full",
        "new connections fail at random, whatever they are for");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        long? entries = facts.Value("conntrack.entries") ?? facts.Settings.Number("net.netfilter.nf_conntrack_count");
        long? max = facts.Settings.Number(Max);
        long dropped = facts.Moved("conntrack.drop") ?? 0, evicted = facts.Moved("conntrack.early_drop") ?? 0, clashed = facts.Moved("conntrack.insert_failed") ?? 0;
        if (entries is null or 0 && dropped + evicted + clashed == 0)
        {
            return;   // No rule tracks connections here.
        }

        if (max is null or 0)
        {
            verdict.CannotCheck($"how full the connection table is: {Max} cannot be read from here");
        }

        double share = max > 0 ? (double)(entries ?? 0) / max.Value : 0;
        if (Judge(share, dropped, evicted, clashed) is { } judged)
        {
            verdict.Add(Find(facts, entries ?? 0, max, share, judged));
        }
    }

    private static (Severity Severity, string Reason)? Judge(double share, long dropped, long evicted, long clashed) => share switch
    {
        _ when dropped > 0 => (Severity.Critical, $"{Words.Of(dropped, "packet")} dropped while watched"),
        _ when evicted > 0 => (Severity.Critical, $"{evicted:N0} entries evicted while watched to make room; packets are dropped once all entries have seen an answer"),
        >= 1 => (Severity.Critical, "the table is full"),
        >= ManyShare => (Severity.Warning, $"{share:P0} of the table; a warning from {ManyShare:P0}"),
        _ when clashed > FewClashesMax => (Severity.Warning, $"{clashed:N0} entries could not be added while watched: NAT found no free port, or packets of one flow raced each other"),
        >= SomeShare => (Severity.Notice, $"{share:P0} of the table; a notice from {SomeShare:P0}, a warning from {ManyShare:P0}"),
        _ => null,
    };

    private Finding Find(CaseFile facts, long entries, long? max, double share, (Severity Severity, string Reason) judged)
    {
        List<Fact> evidence =
        [
            new($"{entries:N0} entries in this namespace, limit {(max is { } most ? $"{most:N0}" : "unknown")}", $"conntrack.entries, {Max}") { Value = entries },
            facts.CounterFact("conntrack.drop"), facts.CounterFact("conntrack.early_drop"), facts.CounterFact("conntrack.insert_failed"),
            facts.SettingFact(EstablishedTimeout),
        ];
        return new Finding
        {
            Condition = Info,
            Severity = judged.Severity,
            Reason = judged.Reason,
            Summary = max > 0 ? $"the firewall tracks {entries:N0} connections of at most {max:N0} ({share:P0})" : $"the firewall tracks {entries:N0} connections and loses some",
            Evidence = evidence,
            Remedies = Remedies(facts, max),
            Avoid =
            [
                new("flushing the table (conntrack -F)", "connections that go through NAT lose their way and end"),
                new($"{Max} in the millions with the old {Buckets}", "each lookup then walks long chains"),
            ],
            ConfirmBy = "the kernel's log: nf_conntrack: table full, dropping packet",
        };
    }

    private static List<Remedy> Remedies(CaseFile facts, long? max)
    {
        List<Remedy> remedies =
        [
            new(RemedyKind.Network, "do not track what needs neither NAT nor state: rules with notrack in a chain of priority raw, for busy ports and for name lookups", "rules that ask for the state of these packets no longer match"),
        ];
        if (facts.Settings.Number(EstablishedTimeout) is > SaneEstablishedSeconds and var timeout)
        {
            remedies.Add(new(RemedyKind.Setting, $"forget idle connections sooner than after {Words.Age(TimeSpan.FromSeconds(timeout))}; never below {LeastEstablishedSeconds} s (RFC 5382)", "connections idle for longer are cut, unless keep-alive is on")
            {
                Settings = [new SettingChange(EstablishedTimeout, $"{SaneEstablishedSeconds}")],
                Undo = $"{EstablishedTimeout} = {timeout}",
            });
        }

        if (max is { } most and > 0)
        {
            remedies.Add(new(RemedyKind.Setting, $"raise the limit of the host, and the buckets with it; an entry takes {OctetsAnEntry} octets or more", $"{Words.Octets((double)most * OctetsAnEntry)} more of kernel memory when full")
            {
                Settings = [new SettingChange(Max, $"{most * 2}"), .. facts.Settings.Number(Buckets) is { } buckets ? [new SettingChange(Buckets, $"{buckets * 2}")] : (ReadOnlySpan<SettingChange>)[]],
                Undo = facts.Settings[Buckets] is { } oldBuckets ? $"{Max} = {most}, {Buckets} = {oldBuckets}" : $"{Max} = {most}",
            });
        }

        return remedies;
    }
}
