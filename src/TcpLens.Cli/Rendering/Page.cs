namespace TcpLens.Cli.Rendering;

/// <summary>Where a section goes when the terminal is wide enough for two columns; otherwise they follow each other as added.</summary>
internal enum PageSide
{
    Left,
    Right,

    /// <summary>The whole width, below what was added before.</summary>
    Both,
}

/// <summary>
/// One screen of titled sections. A section writes itself for the width it is given, knowing nothing of its neighbours; the page
/// places the lines. In a pipe the sections stand one below the other and nothing is cut.
/// </summary>
internal sealed class Page(TerminalStyle style)
{
    /// <summary>Columns of 48 cells hold an IPv4 endpoint, a count and a bar.</summary>
    public const int TwoColumnsFrom = 100;

    /// <summary>Beyond this, lines are too long to read, and numbers too far from their names.</summary>
    private const int WidestPage = 160;

    private const int Gutter = 4;

    private readonly List<Section> _sections = [];

    /// <summary>Adds a section; its body writes lines for the style it is handed, whose Columns are the room it has.</summary>
    /// <param name="side">Where it goes on a wide terminal.</param>
    /// <param name="title">In bold.</param>
    /// <param name="remark">Behind the title, dim; may be empty.</param>
    /// <param name="body">Writes whole lines.</param>
    public void Add(PageSide side, string title, string remark, Action<Utf8Writer, TerminalStyle> body)
        => _sections.Add(new Section(side, title, remark, body));

    public void WriteTo(Utf8Writer output)
    {
        int? columns = style.Columns is { } room ? Math.Min(room, WidestPage) : null;
        if (columns is not { } width || width < TwoColumnsFrom)
        {
            WriteStack(output, _sections, columns);
            return;
        }

        for (int at = 0; at < _sections.Count;)
        {
            if (at > 0)
            {
                output.WriteLine();
            }

            int end = at + 1;
            if (_sections[at].Side == PageSide.Both)
            {
                WriteStack(output, _sections[at..end], width);
            }
            else
            {
                end = _sections.FindIndex(at, section => section.Side == PageSide.Both) is >= 0 and var next ? next : _sections.Count;
                WriteColumns(output, _sections[at..end], (width - Gutter) / 2);
            }

            at = end;
        }
    }

    private void WriteStack(Utf8Writer output, List<Section> sections, int? columns)
    {
        for (int i = 0; i < sections.Count; i++)
        {
            if (i > 0)
            {
                output.WriteLine();
            }

            Render(output, sections[i], columns);
        }
    }

    private void WriteColumns(Utf8Writer output, List<Section> sections, int columns)
    {
        var left = new MemoryWriter(4096);
        var right = new MemoryWriter(4096);
        WriteStack(left, sections.FindAll(section => section.Side == PageSide.Left), columns);
        WriteStack(right, sections.FindAll(section => section.Side == PageSide.Right), columns);

        ReadOnlySpan<byte> leftRest = left.Written;
        ReadOnlySpan<byte> rightRest = right.Written;
        while (!leftRest.IsEmpty || !rightRest.IsEmpty)
        {
            ReadOnlySpan<byte> leftLine = TakeLine(ref leftRest);
            ReadOnlySpan<byte> rightLine = TakeLine(ref rightRest);
            output.Write(leftLine);
            if (!rightLine.IsEmpty)
            {
                output.WriteSpaces(columns + Gutter - CellWidth.Of(leftLine));
                output.Write(rightLine);
            }

            output.WriteLine();
        }
    }

    /// <summary>Title and body. A line that the body made too long is cut, so that no terminal ever wraps one.</summary>
    private void Render(Utf8Writer output, Section section, int? columns)
    {
        int indent = columns < 40 ? 0 : 2;
        var text = new MemoryWriter(1024);
        WriteTitle(text, section, columns);
        section.Body(text, style with { Columns = columns - indent });

        ReadOnlySpan<byte> rest = text.Written;
        bool isTitle = true;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> line = TakeLine(ref rest);
            int margin = isTitle || line.IsEmpty ? 0 : indent;
            output.WriteSpaces(margin);
            ReadOnlySpan<byte> shown = CellWidth.Cut(line, (columns - margin) ?? int.MaxValue, out _);
            output.Write(shown);
            if (shown.Length < line.Length && style.Color)
            {
                output.Write(InkSequences.Reset);
            }

            output.WriteLine();
            isTitle = false;
        }
    }

    /// <summary>The remark comes along when there is room for all of it.</summary>
    private void WriteTitle(MemoryWriter text, Section section, int? columns)
    {
        var words = new MemoryWriter();
        words.WriteText(section.Title);
        style.Write(text, Ink.Bold, words.Written);
        int titleCells = CellWidth.Of(words.Written);
        words.Clear();
        words.WriteText(section.Remark);
        if (words.Length > 0 && titleCells + 2 + CellWidth.Of(words.Written) <= (columns ?? int.MaxValue))
        {
            text.WriteSpaces(2);
            style.Write(text, Ink.Dim, words.Written);
        }

        text.WriteLine();
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return line;
    }

    private sealed record Section(PageSide Side, string Title, string Remark, Action<Utf8Writer, TerminalStyle> Body);
}
