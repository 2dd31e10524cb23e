using TcpLens.Diagnosis;

namespace TcpLens.Cli.Explain;

/// <summary>
/// A titled part of an explanation. A line that begins with "- " is an item and one that begins with "$ " a command; both are
/// wrapped with an indent of their own. One that begins with four blanks is never wrapped. An empty line separates, and an empty
/// title is left out.
/// </summary>
internal sealed record ExplainSection(string Title, IReadOnlyList<string> Lines);

/// <summary>An explanation before it meets a terminal: no width, no colour.</summary>
internal sealed record Explanation(string Title, IReadOnlyList<ExplainSection> Sections)
{
    public const string Item = "- ";
    public const string Command = "$ ";
    public const string Verbatim = "    ";
    private const string Indent = "  ";

    /// <summary>Plain lines, none longer than <paramref name="width"/> unless a single word is, or it is not to be wrapped.</summary>
    /// <param name="width">Columns, 20 or more; less is taken as 20.</param>
    public IEnumerable<string> Lines(int width)
    {
        int columns = Math.Max(width, 20);
        foreach (string line in Wrap(Title, "", columns))
        {
            yield return line;
        }

        foreach (ExplainSection section in Sections)
        {
            yield return "";
            IEnumerable<string> title = section.Title.Length > 0 ? Wrap(section.Title, "", columns) : [];
            foreach (string line in title.Concat(section.Lines.SelectMany(line => Wrap(line, Indent, columns))))
            {
                yield return line;
            }
        }
    }

    /// <summary>Adds a section of items, when there are any.</summary>
    public static void AddItems(List<ExplainSection> sections, string title, IEnumerable<string> items)
    {
        string[] lines = [.. items.Select(item => Item + item)];
        if (lines.Length > 0)
        {
            sections.Add(new ExplainSection(title, lines));
        }
    }

    /// <summary>Adds the commands that look further, each under what it shows.</summary>
    public static void AddNextSteps(List<ExplainSection> sections, IReadOnlyList<NextStep> steps)
    {
        if (steps.Count > 0)
        {
            sections.Add(new("Look further", [.. steps.SelectMany(step => new[] { Sentence(step.Shows) + (step.Shows.EndsWith('?') ? "" : ":"), Command + step.Command })]));
        }
    }

    public static void AddConditions(List<ExplainSection> sections, IReadOnlyList<string> ids)
    {
        if (ids.Count > 0)
        {
            sections.Add(new("Conditions it plays a part in", [string.Join(", ", ids), $"{Command}tcplens explain {ids[0]}"]));
        }
    }

    public static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>"1. …": an item whose place matters.</summary>
    public static bool IsNumbered(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits is 1 or 2 && text.AsSpan(digits).StartsWith(". ");
    }

    private static IEnumerable<string> Wrap(string text, string indent, int width)
    {
        if (text.Length == 0 || text.StartsWith(Verbatim, StringComparison.Ordinal))
        {
            yield return text;
            yield break;
        }

        bool hasMark = text.StartsWith(Item, StringComparison.Ordinal) || text.StartsWith(Command, StringComparison.Ordinal) || IsNumbered(text);
        string hang = hasMark ? indent + Indent : indent;
        string line = indent;
        bool isEmpty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = hang;
                isEmpty = true;
            }

            line += isEmpty ? word : " " + word;
            isEmpty = false;
        }

        yield return line;
    }
}
