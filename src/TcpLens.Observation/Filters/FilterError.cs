using System.Text;

namespace TcpLens.Observation.Filters;

/// <summary>What is wrong with a filter, where, and what may have been meant.</summary>
/// <param name="Text">The whole filter.</param>
/// <param name="Position">Index of the first wrong character; the length of the text when something is missing at its end.</param>
/// <param name="Length">How many characters are wrong, at least 1.</param>
/// <param name="Message">A sentence without its full stop.</param>
/// <param name="Suggestion">What to write instead, or null.</param>
public sealed record FilterError(string Text, int Position, int Length, string Message, string? Suggestion)
{
    private const int Window = 76;

    /// <summary>Three lines: the filter (the part around the mistake when it is long), a caret under the mistake, and what to do.</summary>
    public string Render()
    {
        int length = Math.Min(Length, Window / 2);
        int start = Math.Max(0, Math.Min(Position - (Window / 2), Text.Length - Window));
        int end = Math.Min(Text.Length, start + Window);

        var lines = new StringBuilder();
        lines.Append(start > 0 ? "…" : "").Append(Harmless(Text[start..end])).Append(end < Text.Length ? "…" : "").Append('\n');
        lines.Append(' ', Position - start + (start > 0 ? 1 : 0)).Append('^', Math.Max(1, length)).Append('\n');
        lines.Append(Harmless(Message));
        if (Suggestion is not null)
        {
            lines.Append("; did you mean “").Append(Harmless(Suggestion)).Append("”?");
        }

        return lines.ToString();
    }

    public override string ToString() => Render();

    /// <summary>The same number of characters, and none that moves the cursor or changes the colour.</summary>
    private static string Harmless(string text)
        => string.Create(text.Length, text, static (copy, text) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                copy[i] = char.IsControl(text[i]) ? ' ' : text[i];
            }
        });
}
