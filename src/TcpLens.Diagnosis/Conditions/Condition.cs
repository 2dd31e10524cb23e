namespace TcpLens.Diagnosis;

/// <summary>What a condition is called and stands for. The page docs/conditions/ID.md says the rest.</summary>
/// <param name="Id">Lower case with '-'; never reused.</param>
/// <param name="Title">"Finished handshakes are dropped".</param>
/// <param name="Impact">What users notice when it is true, in one line.</param>
public sealed record ConditionInfo(string Id, string Title, string Impact)
{
    /// <summary>Conditions whose finding, with a culprit in common, is the cause of this one's.</summary>
    public IReadOnlyList<string> ExplainedBy { get; init; } = [];
}

/// <summary>Something that can be wrong with a machine's TCP. Stateless: it reads a case and gives its verdict.</summary>
public abstract class Condition
{
    public abstract ConditionInfo Info { get; }

    /// <summary>Looks for it. What it would need and does not find in the case it reports as not checked.</summary>
    public abstract void Examine(CaseFile facts, Verdict verdict);
}
