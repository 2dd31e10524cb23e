using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>
/// The doctor for captures: those of its conditions that segments can prove, without the machine's counters and settings. Findings carry
/// the ids, impacts and remedies of the conditions that <see cref="Doctor"/> looks for.
/// </summary>
public static class CaptureDoctor
{
    private static readonly CaptureCondition[] Conditions = [.. LossFindings.All, .. OpeningFindings.All, .. OddSegmentFindings.All];

    /// <summary>What it looks for.</summary>
    public static IReadOnlyList<ConditionInfo> Looked { get; } = [.. Conditions.Select(static condition => condition.Info).DistinctBy(static info => info.Id)];

    /// <summary>The worst first.</summary>
    public static IReadOnlyList<Finding> Examine(CaptureFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return [.. Conditions.SelectMany(condition => condition.Examine(facts)).OrderByDescending(static finding => finding.Severity)];
    }
}
