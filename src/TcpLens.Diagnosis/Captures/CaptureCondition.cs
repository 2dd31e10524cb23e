using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>A condition of the doctor as a capture shows it.</summary>
/// <param name="id">Of the condition in <see cref="ConditionCatalog"/>.</param>
/// <param name="find">Looks for it; null for nothing found.</param>
internal sealed class CaptureCondition(string id, Func<CaptureFacts, CaptureEvidence?> find)
{
    public ConditionInfo Info { get; } = ConditionCatalog.Find(id)!.Info;

    public IEnumerable<Finding> Examine(CaptureFacts facts)
    {
        if (find(facts) is { } found)
        {
            yield return found.ToFinding(Info);
        }
    }
}

/// <summary>What a capture shows of one condition.</summary>
internal sealed record CaptureEvidence(Severity Severity, string Reason, string Summary, IReadOnlyList<Fact> Facts, IReadOnlyList<Remedy> Remedies)
{
    public string? Subject { get; init; }

    public Confidence Confidence { get; init; } = Confidence.Sure;

    public string? ConfirmBy { get; init; }

    /// <summary>Connections that show it best.</summary>
    public IReadOnlyList<NotedConnection> Connections { get; init; } = [];

    public Finding ToFinding(ConditionInfo info) => new()
    {
        Condition = info,
        Subject = Subject,
        Severity = Severity,
        Reason = Reason,
        Summary = Summary,
        Evidence = Connections.Count == 0 ? Facts : [.. Facts, new($"for example connection {string.Join(", ", Connections.Take(Culprit.Few).Select(static connection => $"{connection.Number} ({TimeOf(connection)})"))}", "capture; begun at, UTC")],
        Culprits = [.. Connections.Take(Culprit.Few).Select(static connection => new Culprit(CulpritKind.Connection, $"{connection.Originator} > {connection.Responder}", $"connection {connection.Number}"))],
        Remedies = Remedies,
        Confidence = Confidence,
        ConfirmBy = ConfirmBy,
    };

    private static string TimeOf(in NotedConnection connection)
        => DateTime.UnixEpoch.AddTicks(connection.FirstSeen.Nanoseconds / TimeSpan.NanosecondsPerTick).ToString("HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);
}
