using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>What to look for, and how patiently.</summary>
public sealed record DoctorOptions
{
    public static readonly DoctorOptions Default = new();

    /// <summary>Only these conditions; all when empty.</summary>
    public IReadOnlyCollection<string> Only { get; init; } = [];

    public IReadOnlyCollection<string> Skip { get; init; } = [];

    /// <summary>Findings below it are left out.</summary>
    public Severity Least { get; init; } = Severity.Info;

    /// <summary>See <see cref="CaseFile"/>.</summary>
    public double Patience { get; init; } = 1;
}

/// <summary>What the doctor found, what was looked at without a finding, and what could not be looked at.</summary>
public sealed record DoctorReport
{
    /// <summary>Causes with their consequences under them, the worst first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Every condition that was looked for.</summary>
    public required IReadOnlyList<ConditionInfo> Looked { get; init; }

    public required IReadOnlyList<Unchecked> Unchecked { get; init; }

    /// <summary>Findings left out because one condition had too many of them.</summary>
    public int Omitted { get; init; }

    /// <summary>The worst of all findings, consequences included.</summary>
    public Severity Worst => Flatten(Findings).Select(static finding => finding.Severity).DefaultIfEmpty(Severity.Ok).Max();

    /// <summary>Every finding, a cause before its consequences.</summary>
    public static IEnumerable<Finding> Flatten(IEnumerable<Finding> findings)
        => findings.SelectMany(static finding => Flatten(finding.Consequences).Prepend(finding));
}

/// <summary>Looks for every condition in an examination and puts causes before their consequences.</summary>
public static class Doctor
{
    public static DoctorReport Examine(Examination seen, DoctorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CaseFile facts = new(seen, options.Patience);
        List<Finding> findings = [];
        List<Unchecked> notChecked = [];
        List<ConditionInfo> looked = [];
        int omitted = 0;
        foreach (Condition condition in ConditionCatalog.All)
        {
            ConditionInfo info = condition.Info;
            if ((options.Only.Count > 0 && !options.Only.Contains(info.Id)) || options.Skip.Contains(info.Id))
            {
                continue;
            }

            Verdict verdict = new(info);
            condition.Examine(facts, verdict);
            looked.Add(info);
            findings.AddRange(verdict.Findings.Where(finding => finding.Severity >= options.Least));
            notChecked.AddRange(verdict.Unchecked);
            omitted += verdict.Omitted;
        }

        return new DoctorReport { Findings = RootCauses.Arrange(findings), Looked = looked, Unchecked = notChecked, Omitted = omitted };
    }
}
