namespace TcpLens.Diagnosis;

/// <summary>Puts findings under those that explain them: a condition names its causes, and a culprit in common makes the link.</summary>
internal static class RootCauses
{
    public static IReadOnlyList<Finding> Arrange(IReadOnlyList<Finding> findings)
    {
        Dictionary<Finding, Finding> causes = new(ReferenceEquality);
        foreach (Finding finding in findings)
        {
            if (CauseOf(finding, findings) is { } cause && !IsAbove(finding, cause, causes))
            {
                causes.Add(finding, cause);
            }
        }

        ILookup<Finding, Finding> below = findings.Where(causes.ContainsKey).ToLookup(finding => causes[finding], ReferenceEquality);
        return Sorted(findings.Where(finding => !causes.ContainsKey(finding)).Select(root => WithConsequences(root, below)));
    }

    private static IEqualityComparer<Finding> ReferenceEquality { get; } = EqualityComparer<Finding>.Create(ReferenceEquals, System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode);

    /// <summary>Conditions may explain each other (a forgotten CLOSE_WAIT and the FIN_WAIT_2 that it holds): then the first one found stays below.</summary>
    private static bool IsAbove(Finding finding, Finding other, Dictionary<Finding, Finding> causes)
    {
        for (Finding? above = other; above is not null; above = causes.GetValueOrDefault(above))
        {
            if (ReferenceEquals(above, finding))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first condition named wins: conditions name the nearest cause first, whose own cause stands above it.</summary>
    private static Finding? CauseOf(Finding finding, IReadOnlyList<Finding> all)
    {
        foreach (string id in finding.Condition.ExplainedBy)
        {
            foreach (Finding other in all)
            {
                if (other.Condition.Id == id && !ReferenceEquals(other, finding) && Share(other, finding))
                {
                    return other;
                }
            }
        }

        return null;
    }

    /// <summary>A finding about the whole machine has no culprits, and can explain anything.</summary>
    private static bool Share(Finding one, Finding other)
        => one.Culprits.Count == 0 || other.Culprits.Count == 0
            || one.Culprits.Any(culprit => other.Culprits.Any(their => their.Kind == culprit.Kind && their.Name == culprit.Name));

    private static Finding WithConsequences(Finding finding, ILookup<Finding, Finding> below)
        => below[finding].Any() ? finding with { Consequences = Sorted(below[finding].Select(consequence => WithConsequences(consequence, below))) } : finding;

    /// <summary>By the worst that a finding or one of its consequences is, so that a mild cause of a grave consequence stands high.</summary>
    private static List<Finding> Sorted(IEnumerable<Finding> findings)
        => [.. findings.OrderByDescending(static finding => DoctorReport.Flatten([finding]).Max(static each => each.Severity))];
}
