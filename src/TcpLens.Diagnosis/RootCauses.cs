namespace TcpLens.Diagnosis;

/// <summary>Puts findings under those that explain them: a condition names its causes, and a culprit in common makes the link.</summary>
internal static class RootCauses
{
    public static IReadOnlyList<Finding> Arrange(IReadOnlyList<Finding> findings)
    {
        Dictionary<Finding, List<Finding>> below = new(ReferenceEqualityComparer.Instance);
        List<Finding> roots = [];
        foreach (Finding finding in findings)
        {
            if (CauseOf(finding, findings) is { } cause)
            {
                (below.TryGetValue(cause, out List<Finding>? others) ? others : below[cause] = []).Add(finding);
            }
            else
            {
                roots.Add(finding);
            }
        }

        return Sorted(roots.Select(root => WithConsequences(root, below)));
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

    private static Finding WithConsequences(Finding finding, Dictionary<Finding, List<Finding>> below)
        => below.TryGetValue(finding, out List<Finding>? consequences)
            ? finding with { Consequences = Sorted(consequences.Select(consequence => WithConsequences(consequence, below))) }
            : finding;

    /// <summary>By the worst that a finding or one of its consequences is, so that a mild cause of a grave consequence stands high.</summary>
    private static List<Finding> Sorted(IEnumerable<Finding> findings)
        => [.. findings.OrderByDescending(static finding => DoctorReport.Flatten([finding]).Max(static each => each.Severity))];
}
