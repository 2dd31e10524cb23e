namespace TcpLens.Diagnosis;

/// <summary>How sure a finding is: what was seen may prove it, or only make it the best explanation.</summary>
public enum Confidence : byte
{
    Maybe,
    Likely,
    Sure,
}

/// <summary>Something that is wrong: how bad, what proves it, who causes it and what helps. It cannot be made without evidence.</summary>
public sealed record Finding
{
    private readonly IReadOnlyList<Fact> _evidence = [];

    public required ConditionInfo Condition { get; init; }

    /// <summary>Tells findings of one condition apart: "0.0.0.0:443", "nginx/1234"; null when it is about the machine.</summary>
    public string? Subject { get; init; }

    /// <summary>"accept-queue-overflow", or with a subject "accept-queue-overflow@0.0.0.0:443".</summary>
    public string Id => Subject is null ? Condition.Id : $"{Condition.Id}@{Subject}";

    public required Severity Severity { get; init; }

    /// <summary>Why it is as severe as that, with this machine's limit in it: "83 % of 28,232 ports; a warning from 80 %".</summary>
    public required string Reason { get; init; }

    /// <summary>What is wrong, in one sentence that names the subject.</summary>
    public required string Summary { get; init; }

    /// <exception cref="ArgumentException">It is empty.</exception>
    public required IReadOnlyList<Fact> Evidence
    {
        get => _evidence;
        init => _evidence = value.Count > 0 ? value : throw new ArgumentException("a finding needs evidence", nameof(value));
    }

    public IReadOnlyList<Culprit> Culprits { get; init; } = [];

    /// <summary>Best first; what the application can do comes before what the kernel can.</summary>
    public required IReadOnlyList<Remedy> Remedies { get; init; }

    /// <summary>What not to do, and why.</summary>
    public IReadOnlyList<Myth> Avoid { get; init; } = [];

    public Confidence Confidence { get; init; } = Confidence.Sure;

    /// <summary>What would prove or refute it; null when it is sure.</summary>
    public string? ConfirmBy { get; init; }

    /// <summary>Findings that this one explains.</summary>
    public IReadOnlyList<Finding> Consequences { get; init; } = [];
}
