namespace TcpLens.Diagnosis;

/// <summary>What there is to know about a reason that the kernel gives for throwing a segment away, or for sending an RST.</summary>
/// <param name="Name">As its tracepoint says it, without a prefix: "TCP_LISTEN_OVERFLOW".</param>
/// <param name="Severity"><see cref="Severity.Info"/>: belongs to ordinary work, or cannot concern a TCP connection; worse otherwise.</param>
/// <param name="Phrase">For one line of a trace: "accept queue full".</param>
/// <param name="Meaning">What it means and whose doing it is, in a sentence or two.</param>
public sealed record ReasonPage(string Name, Severity Severity, string Phrase, string Meaning)
{
    /// <summary>What to do about it, or to keep in mind; may be empty.</summary>
    public string Advice { get; init; } = "";

    /// <summary>Counters, settings and states that belong to it, as <c>explain</c> takes them.</summary>
    public IReadOnlyList<string> SeeAlso { get; init; } = [];

    /// <summary>Ids of conditions (<see cref="ConditionCatalog"/>) that it is a sign of.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];
}
