using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>
/// Settings from old tuning guides. The catalogue judges the values that are unsafe on every machine (<see cref="SysctlCatalog"/>);
/// what depends on the work of this one, who connects and who listens, is judged here.
/// </summary>
internal sealed class UnsafeSysctl : Condition
{
    private const string TwReuse = "net.ipv4.tcp_tw_reuse";
    private const string Syncookies = "net.ipv4.tcp_syncookies";

    /// <summary>Connections from which on it can be said which side opens them.</summary>
    private const int EnoughOpens = 1000;

    public override ConditionInfo Info { get; } = new(
        "unsafe-sysctl",
        "A setting does harm, or nothing",
        "depends on the setting: rare failures that look like faults of the network");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        List<Finding> found = [];
        foreach (SysctlPage page in SysctlCatalog.All)
        {
            if (Judge(facts, page.Key) is { } judged)
            {
                found.Add(Find(facts, page, judged));
            }
        }

        found.AddRange(facts.Seen.SettingSources.Where(line => line.IsEffective && facts.Settings[line.Key] is null)
            .Select(line => (Line: line, Page: SysctlCatalog.Find(line.Key)))
            .Where(static each => each.Page is { IsRemoved: true })
            .Select(each => Removed(each.Line, each.Page!)));
        foreach (Finding finding in found.OrderByDescending(static finding => finding.Severity))
        {
            verdict.Add(finding);
        }
    }

    private static SysctlJudgement? Judge(CaseFile facts, string key) => (key, facts.Settings.Number(key)) switch
    {
        (TwReuse, 1) when OnlyAccepts(facts) => new SysctlJudgement(Severity.Notice, "It only reaches connections that this host opens, and this host hardly opens any.", SysctlCatalog.DefaultOf(TwReuse, facts.Settings)),
        (Syncookies, 0) when !facts.Listeners.Any(static listener => !listener.Local.Address.IsLoopback) => null,
        _ => SysctlCatalog.Judge(key, facts.Settings),
    };

    /// <summary>Since boot: which side opens connections does not change from one moment to the next.</summary>
    private static bool OnlyAccepts(CaseFile facts)
        => facts.Value("Tcp.PassiveOpens") >= EnoughOpens && facts.Value("Tcp.ActiveOpens") * 100 < facts.Value("Tcp.PassiveOpens");

    private Finding Find(CaseFile facts, SysctlPage page, SysctlJudgement judged)
    {
        string value = SysctlCatalog.Normal(facts.Settings[page.Key] ?? "");
        string? usual = SysctlCatalog.DefaultOf(page.Key, facts.Settings);
        SettingSource? source = facts.Seen.SettingSources.LastOrDefault(line => line.Key == page.Key && line.IsEffective);
        string set = source is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; set by {source.Path}, line {source.Line}");
        return new Finding
        {
            Condition = Info,
            Subject = page.Key,
            Severity = judged.Severity,
            Reason = $"the value is {value}{(usual is null ? "" : $", the kernel's own {usual}")}",
            Summary = $"{page.Key} = {value}: {judged.Reason}",
            Evidence =
            [
                new($"{page.Key} = {value}{(usual is null ? "" : $"; the kernel's default here is {usual}")}{set}", source is null ? page.Key : $"{page.Key}, {source.Path}") { Value = facts.Settings.Number(page.Key) },
            ],
            Culprits = [new Culprit(CulpritKind.Setting, page.Key, value)],
            Remedies =
            [
                .. source is null ? Array.Empty<Remedy>() : [new(RemedyKind.Command, $"take line {source.Line} out of {source.Path}, or it is back after the next boot", "none")],
                .. judged.Recommended is { } better ? SettingRemedy.Of(facts, page.Key, better, "set what the kernel would have chosen", page.Risk) : [],
                .. judged.Recommended is null ? [new Remedy(RemedyKind.Command, $"read what it does, and decide: tcplens explain {page.Name}", "none")] : Array.Empty<Remedy>(),
            ],
            Avoid = [.. page.Myths.Select(myth => new Myth(page.Name, myth))],
        };
    }

    /// <summary>A line that sets what this kernel no longer has fails at every boot, and people trust in it.</summary>
    private Finding Removed(SettingSource line, SysctlPage page) => new()
    {
        Condition = Info,
        Subject = page.Key,
        Severity = Severity.Notice,
        Reason = $"this kernel has no {page.Key}: Linux {page.RemovedIn} removed it",
        Summary = $"{line.Path} sets {page.Key} = {line.Value}, which no longer exists: {page.Meaning}",
        Evidence = [new(string.Create(CultureInfo.InvariantCulture, $"line {line.Line} of {line.Path}: {line.Key} = {line.Value}"), line.Path), new($"{page.Key} is not under /proc/sys", page.Key)],
        Culprits = [new Culprit(CulpritKind.Setting, page.Key, line.Value)],
        Remedies = [new(RemedyKind.Command, $"take line {line.Line} out of {line.Path}", "none")],
        Avoid = [.. page.Myths.Select(myth => new Myth(page.Name, myth))],
    };
}
