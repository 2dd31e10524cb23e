namespace TcpLens.Diagnosis;

/// <summary>What a condition could not look at, and why.</summary>
public sealed record Unchecked(string ConditionId, string Why);

/// <summary>Takes what one condition has to say.</summary>
public sealed class Verdict(ConditionInfo condition)
{
    /// <summary>Findings of one condition at most; a machine with more has one problem many times.</summary>
    public const int FindingsMax = 10;

    private readonly List<Finding> _findings = [];
    private readonly List<Unchecked> _unchecked = [];

    public IReadOnlyList<Finding> Findings => _findings;

    public IReadOnlyList<Unchecked> Unchecked => _unchecked;

    /// <summary>Findings beyond <see cref="FindingsMax"/>; the condition should give its worst first.</summary>
    public int Omitted { get; private set; }

    public void Add(Finding finding)
    {
        if (_findings.Count < FindingsMax)
        {
            _findings.Add(finding);
        }
        else
        {
            Omitted++;
        }
    }

    /// <summary>Said instead of a silent pass: "drop counters of listeners: the source has no memory details".</summary>
    public void CannotCheck(string why) => _unchecked.Add(new Unchecked(condition.Id, why));
}
