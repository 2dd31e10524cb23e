namespace TcpLens.Cli.Explain;

/// <summary>
/// A titled part of an explanation. A line that begins with "- " is an item and one that begins with "$ " a command; both are
/// wrapped with an indent of their own.
/// </summary>
internal sealed record ExplainSection(string Title, IReadOnlyList<string> Lines);

/// <summary>An explanation before it meets a terminal: no width, no colour.</summary>
internal sealed record Explanation(string Title, IReadOnlyList<ExplainSection> Sections)
{
    public const string Item = "- ";
    public const string Command = "$ ";
    private const string Indent = "  ";

    /// <summary>Plain lines, none longer than <paramref name="width"/> unless a single word is.</summary>
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
            foreach (string line in Wrap(section.Title, "", columns).Concat(section.Lines.SelectMany(line => Wrap(line, Indent, columns))))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Wrap(string text, string indent, int width)
    {
        bool hasMark = text.StartsWith(Item, StringComparison.Ordinal) || text.StartsWith(Command, StringComparison.Ordinal);
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
