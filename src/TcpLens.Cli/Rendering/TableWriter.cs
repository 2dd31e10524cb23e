namespace TcpLens.Cli.Rendering;

/// <summary>
/// A table, written cell by cell and row by row, without allocation once it flows. The first rows are kept until the widths of the
/// columns are known from them; those that follow go straight out, so that 400,000 rows need no more memory than the sample. A later
/// cell that is wider than its column pushes the next ones, which fall back into place as soon as they can.
/// <code>
/// while (walk.Read(out SocketEntry entry))
/// {
///     table.Word("ESTAB"u8);
///     table.Number(entry.ReceiveQueue);
///     table.Cell.WriteEndpoint(entry.Local, entry.Family);
///     table.EndCell();
///     table.EndRow();
/// }
/// table.Complete();
/// </code>
/// </summary>
internal sealed class TableWriter
{
    /// <summary>For <c>sampleRows</c>: keep every row, so that the widths fit all of them. For tables that are small.</summary>
    public const int WholeTable = int.MaxValue;

    private readonly Utf8Writer _output;
    private readonly TerminalStyle _style;
    private readonly Column[] _columns;
    private readonly int _sampleRows;
    private readonly MemoryWriter _cells = new(16 * 1024);
    private readonly int[] _natural;
    private readonly List<(int Row, byte[] Lines)> _below = [];

    private CellMark[] _marks = new CellMark[256];
    private int _markCount;
    private int _cellStart;
    private int _rowStart;
    private int _rows;
    private Slot[]? _slots;

    /// <param name="output">Where the table goes.</param>
    /// <param name="style">Says whether lines have an end: then the table is fitted into them.</param>
    /// <param name="columns">From left to right.</param>
    /// <param name="sampleRows">Rows to keep before the widths are settled; memory grows with it.</param>
    public TableWriter(Utf8Writer output, TerminalStyle style, ReadOnlySpan<Column> columns, int sampleRows = 256)
    {
        _output = output;
        _style = style;
        _columns = columns.ToArray();
        _sampleRows = sampleRows;
        _natural = new int[columns.Length];
    }

    public bool HasHeader { get; init; } = true;

    /// <summary>Spaces before every row.</summary>
    public int Indent { get; init; }

    /// <summary>Where the text of the present cell is put together; <see cref="EndCell(Ink)"/> ends it. Its ink is given there, not here.</summary>
    public Utf8Writer Cell => _cells;

    /// <summary>Our own words, in ASCII: as many cells as octets.</summary>
    public void Word(ReadOnlySpan<byte> ascii, Ink ink = Ink.Normal)
    {
        _cells.Write(ascii);
        EndAscii(ink);
    }

    /// <summary>Somebody else's words; null is shown as unknown.</summary>
    public void Text(string? text, Ink ink = Ink.Normal)
    {
        if (text is null)
        {
            Unknown();
            return;
        }

        _cells.WriteText(text);
        EndCell(ink);
    }

    public void Number(long number, Ink ink = Ink.Normal)
    {
        _cells.WriteNumber(number);
        EndAscii(ink);
    }

    /// <summary>A number with thousands separators.</summary>
    public void Count(long count, Ink ink = Ink.Normal)
    {
        _cells.WriteCount(count);
        EndAscii(ink);
    }

    /// <summary>What is not known is neither 0 nor empty.</summary>
    public void Unknown() => Word("-"u8, Ink.Dim);

    /// <summary>A bar that fills a part, 0 to 1, of so many cells; narrower when the column is cut.</summary>
    public void Bar(double fraction, int cells, Ink ink = Ink.Normal)
        => Mark(fraction > 0 ? cells : 0, ink, fraction);

    /// <summary>Ends a cell that holds nothing but ASCII, such as numbers and addresses, without looking at it again.</summary>
    public void EndAscii(Ink ink = Ink.Normal) => Mark(_cells.Length - _cellStart, ink);

    public void EndCell(Ink ink = Ink.Normal) => Mark(CellWidth.Of(_cells.Written[_cellStart..]), ink);

    /// <summary>Ends the row; cells that it lacks are empty.</summary>
    /// <param name="below">Whole lines that belong to the row and stand below it.</param>
    public void EndRow(ReadOnlySpan<byte> below = default)
    {
        while (_markCount - _rowStart < _columns.Length)
        {
            EndCell();
        }

        _rowStart = _markCount;
        if (!below.IsEmpty)
        {
            _below.Add((_rows, below.ToArray()));
        }

        if (++_rows >= _sampleRows || _slots is not null)
        {
            EmitRows();
        }
    }

    /// <summary>Writes what is still kept back. The header comes even when there were no rows.</summary>
    public void Complete() => EmitRows();

    private void Mark(int cells, Ink ink, double fraction = 0)
    {
        int column = _markCount - _rowStart;
        if (column == _columns.Length)
        {
            throw new InvalidOperationException($"the table has {_columns.Length} columns");
        }

        if (_markCount == _marks.Length)
        {
            Array.Resize(ref _marks, _marks.Length * 2);
        }

        _cellStart = _cells.Length;
        ref CellMark mark = ref _marks[_markCount++];
        mark.End = _cellStart;
        mark.Cells = cells;
        mark.Ink = ink;
        mark.Fraction = fraction;
        if (cells > _natural[column])
        {
            _natural[column] = cells;
        }
    }

    private void EmitRows()
    {
        if (_slots is null)
        {
            _slots = Settle();
            EmitHeader(_slots);
        }

        int start = 0;
        int below = 0;
        int firstRow = _rows - (_markCount / _columns.Length);
        for (int row = 0; row < _markCount; row += _columns.Length)
        {
            EmitRow(_slots, row, start);
            start = _marks[row + _columns.Length - 1].End;
            WriteBelow(ref below, firstRow + (row / _columns.Length));
        }

        _below.Clear();
        _cells.Clear();
        (_markCount, _rowStart, _cellStart) = (0, 0, 0);
    }

    private void WriteBelow(ref int next, int row)
    {
        if (next < _below.Count && _below[next].Row == row)
        {
            _output.Write(_below[next++].Lines);
        }
    }

    /// <summary>Decides, from what has been seen, where each column begins.</summary>
    private Slot[] Settle()
    {
        for (int i = 0; i < _columns.Length && HasHeader; i++)
        {
            _natural[i] = Math.Max(_natural[i], _columns[i].Title.Length);
        }

        int[] widths = ColumnFit.Fit(_columns, _natural, _style.Columns - Indent);
        var slots = new Slot[widths.Length];
        int start = Indent;
        for (int i = 0; i < slots.Length; i++)
        {
            bool isShown = widths[i] != ColumnFit.Dropped;
            bool mayCut = _style.Columns is not null && (_columns[i].Cut != Cut.Never || widths[i] < _natural[i]);
            slots[i] = new Slot(start, widths[i], isShown, mayCut, _columns[i].Align == Align.Right, _columns[i].Cut == Cut.Start);
            start += isShown ? widths[i] + ColumnFit.Gap : 0;
        }

        return slots;
    }

    private void EmitHeader(Slot[] slots)
    {
        if (!HasHeader)
        {
            return;
        }

        int position = 0;
        var title = new MemoryWriter();
        for (int i = 0; i < slots.Length; i++)
        {
            title.Clear();
            title.WriteText(_columns[i].Title);
            EmitCell(slots[i], new CellMark { Cells = title.Length, Ink = Ink.Bold }, title.Written, ref position);
        }

        _output.WriteLine();
    }

    private void EmitRow(Slot[] slots, int firstMark, int start)
    {
        int position = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            ref readonly CellMark mark = ref _marks[firstMark + i];
            EmitCell(slots[i], mark, _cells.Written[start..mark.End], ref position);
            start = mark.End;
        }

        _output.WriteLine();
    }

    private void EmitCell(in Slot slot, in CellMark mark, ReadOnlySpan<byte> text, ref int position)
    {
        if (!slot.IsShown || mark.Cells == 0)
        {
            return;
        }

        bool isCut = slot.MayCut && mark.Cells > slot.Width;
        int cells = isCut ? slot.Width : mark.Cells;
        int lead = slot.Start + (slot.IsRight ? Math.Max(0, slot.Width - cells) : 0);
        int spaces = Math.Max(lead - position, position > 0 ? 1 : 0);
        _output.WriteSpaces(spaces);
        position += spaces;

        bool isInked = _style.Color && mark.Ink != Ink.Normal;
        if (isInked)
        {
            _output.Write(mark.Ink.Start());
        }

        if (mark.Fraction > 0)
        {
            position += Bars.Write(_output, mark.Fraction, cells, _style.Unicode);
        }
        else if (isCut)
        {
            position += CellWidth.WriteCut(_output, text, mark.Cells, cells, fromStart: slot.CutsStart, _style.Unicode);
        }
        else
        {
            _output.Write(text);
            position += cells;
        }

        if (isInked)
        {
            _output.Write(InkSequences.Reset);
        }
    }

    /// <summary>Where a cell's text ends in the buffer, the cells it takes, and how it looks; a bar has a fraction and no text.</summary>
    private struct CellMark
    {
        public int End;
        public int Cells;
        public double Fraction;
        public Ink Ink;
    }

    /// <summary>Where a column stands in the line.</summary>
    private readonly record struct Slot(int Start, int Width, bool IsShown, bool MayCut, bool IsRight, bool CutsStart);
}
