using TcpLens.Diagnosis;

namespace TcpLens.Cli.Tune;

/// <summary>What became of a finding after its remedy: measured, not hoped.</summary>
/// <param name="Outcome">"gone", "better", "same" or "worse".</param>
/// <param name="Text">A sentence.</param>
internal sealed record Aftermath(string Outcome, string Text)
{
    /// <param name="before">The finding that asked for the change.</param>
    /// <param name="after">The same finding, looked for again after the change; null when it is gone.</param>
    public static Aftermath Of(Finding before, Finding? after)
    {
        if (after is null)
        {
            return new Aftermath("gone", $"Looked again: {before.Id} is gone.");
        }

        string outcome = after.Severity < before.Severity ? "better" : after.Severity > before.Severity ? "worse" : "same";
        return new Aftermath(outcome, $"Looked again: {before.Id} is still there ({outcome}): {after.Summary}. What has piled up may take its time, and some settings need a restart of the program; look later: tcplens doctor --only {before.Condition.Id}");
    }
}
