using System.Text;

namespace TcpLens.Cli.Explain;

/// <summary>
/// Turns a page of the guide into an <see cref="Explanation"/>: headings, paragraphs, lists, code blocks, tables and links, as much
/// of Markdown as our pages use.
/// </summary>
internal sealed class MarkdownText
{
    /// <summary>With its indent a table then fits into 80 columns.</summary>
    private const int WidestTable = 76;

    private readonly List<ExplainSection> _sections = [];
    private readonly List<string[]> _table = [];
    private readonly StringBuilder _paragraph = new();
    private string _title;
    private string _heading = "";
    private List<string> _lines = [];
    private bool _isCode;

    private MarkdownText(string title) => _title = title;

    /// <param name="markdown">The page.</param>
    /// <param name="title">Used where the page has no heading of the first rank.</param>
    public static Explanation Read(string markdown, string title)
    {
        var reader = new MarkdownText(title);
        foreach (string line in markdown.Split('\n'))
        {
            reader.Take(line.TrimEnd());
        }

        reader.EndSection();
        return new Explanation(reader._title, reader._sections);
    }

    /// <inheritdoc cref="MarkdownInline.Plain"/>
    public static string Inline(string text) => MarkdownInline.Plain(text);

    private void Take(string line)
    {
        if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
        {
            EndBlock();
            _isCode = !_isCode;
        }
        else if (_isCode)
        {
            _lines.Add(Explanation.Verbatim + line);
        }
        else if (_paragraph.Length == 0 && line.StartsWith(Explanation.Verbatim, StringComparison.Ordinal))
        {
            EndTable();
            _lines.Add(line);   // Code by its indent.
        }
        else if (line.StartsWith('|'))
        {
            EndParagraph();
            _table.Add([.. line.Trim('|').Split('|').Select(cell => Inline(cell.Trim()))]);
        }
        else
        {
            EndTable();
            TakeText(line.TrimStart('>').TrimEnd());
        }
    }

    private void TakeText(string line)
    {
        string text = line.Trim();
        if (text.Length == 0)
        {
            EndParagraph();
            Separate();
        }
        else if (text.StartsWith('#'))
        {
            TakeHeading(text);
        }
        else
        {
            if (IsItem(text))
            {
                EndParagraph();
                text = Explanation.Item + text[2..].TrimStart();
            }
            else if (Explanation.IsNumbered(text))
            {
                EndParagraph();
            }

            _paragraph.Append(_paragraph.Length > 0 ? " " : "").Append(text);
        }
    }

    private void TakeHeading(string line)
    {
        string words = Inline(line.TrimStart('#').Trim());
        EndSection();
        if (line.StartsWith("# ", StringComparison.Ordinal))
        {
            _title = words;
        }
        else
        {
            _heading = words;
        }
    }

    private static bool IsItem(string text) => text is ['-' or '*' or '+', ' ', ..];

    private void EndSection()
    {
        EndBlock();
        while (_lines is [.., ""])
        {
            _lines.RemoveAt(_lines.Count - 1);
        }

        if (_lines.Count > 0 || _heading.Length > 0)
        {
            _sections.Add(new ExplainSection(_heading, _lines));
        }

        _heading = "";
        _lines = [];
    }

    private void EndBlock()
    {
        EndParagraph();
        EndTable();
    }

    private void EndParagraph()
    {
        if (_paragraph.Length > 0)
        {
            _lines.Add(Inline(_paragraph.ToString()));
            _paragraph.Clear();
        }
    }

    /// <summary>One empty line between blocks, none at the top.</summary>
    private void Separate()
    {
        if (_lines is [.., not ""])
        {
            _lines.Add("");
        }
    }

    /// <summary>In columns where they fit; otherwise an item for each row, with the headings before the cells.</summary>
    private void EndTable()
    {
        if (_table.Count == 0)
        {
            return;
        }

        string[] head = _table[0];
        string[][] rows = [.. _table.Skip(1).Where(row => !row.All(IsRule))];
        int[] widths = [.. head.Select((_, column) => rows.Append(head).Max(row => column < row.Length ? row[column].Length : 0))];
        if (widths.Sum(width => width + 2) <= WidestTable)
        {
            IEnumerable<string[]> shown = head.All(cell => cell.Length == 0) ? rows : rows.Prepend(head);
            _lines.AddRange(shown.Select(row => Explanation.Verbatim + string.Join("  ", row.Select((cell, column) => cell.PadRight(column < widths.Length ? widths[column] : 0))).TrimEnd()));
        }
        else
        {
            _lines.AddRange(rows.Select(row => Explanation.Item + string.Join("; ", row.Select((cell, column) => Named(head, column, cell)).Where(cell => cell.Length > 0))));
        }

        _table.Clear();
    }

    private static bool IsRule(string cell) => cell.Length > 0 && cell.All(letter => letter is '-' or ':');

    private static string Named(string[] head, int column, string cell)
        => column == 0 || cell.Length == 0 || column >= head.Length || head[column].Length == 0 ? cell : $"{head[column]}: {cell}";
}
