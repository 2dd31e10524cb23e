namespace TcpLens.Diagnosis;

/// <summary>One line of judgement: how bad, what, with the numbers that show it, and what to look at next.</summary>
/// <param name="Severity">How bad.</param>
/// <param name="Text">A sentence that holds its own evidence.</param>
/// <param name="Next">A command that shows more.</param>
public sealed record Remark(Severity Severity, string Text, string Next);
