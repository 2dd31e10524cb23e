using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What all lines of a trace begin with, and their header.</summary>
internal abstract class LineSink : TraceSink
{
    /// <summary>Above what can come before the last column.</summary>
    private const int LineMax = 2048;

    private static readonly TraceColumn[] First = [new("PROCESS", 16), new("LOCAL", 21), new("REMOTE", 21)];   // 255.255.255.255:65535
    private static readonly TraceColumn[] Wide = [new("NETNS", 10), new("UID", 5, IsRight: true), new("COOKIE", 10, IsRight: true)];

    private readonly ProcessText _processes = new(isJson: false);
    private readonly PlaceText _places;
    private readonly TraceLook _look;
    private readonly TraceOwners _owners;
    private readonly TraceColumn[] _columns;
    private readonly int[] _starts;
    private readonly int _firstOwn;
    private int _lines;

    /// <param name="look">Where lines go, and how they look.</param>
    /// <param name="owners">Says whose a socket is.</param>
    /// <param name="columns">Those behind the first ones.</param>
    protected LineSink(TraceLook look, TraceOwners owners, params ReadOnlySpan<TraceColumn> columns)
    {
        (_look, _owners, _places) = (look, owners, new PlaceText(owners));
        _columns = [new TraceColumn("TIME", look.Time.Width), .. First, .. look.IsWide ? Wide : [], .. columns];
        _starts = new int[_columns.Length];
        for (int i = 1; i < _starts.Length; i++)
        {
            _starts[i] = _starts[i - 1] + _columns[i - 1].Width + 1;
        }

        _firstOwn = _columns.Length - columns.Length;
        WriteHeader();
    }

    protected Utf8Writer Output => _look.Output;

    protected bool HasColor => _look.Style.Color;

    /// <summary>A line with time, process and both ends; <see cref="End"/> ends it.</summary>
    protected TraceLine Begin(in TraceRecord record)
    {
        var line = new TraceLine(Output.GetSpan(LineMax));
        _look.Time.Write(ref line, record.AtNanoseconds);
        line.To(_starts[1]);
        TraceOwner owner = _owners.OwnerOf(in record);
        WriteProcess(ref line, in owner);
        line.To(_starts[2]);
        line.Endpoint(record.Local, record.Family);
        line.To(_starts[3]);
        line.Endpoint(record.Remote, record.Family);
        if (_look.IsWide)
        {
            WriteWide(ref line, in record);
        }

        return line;
    }

    /// <summary>Where the n-th own column begins.</summary>
    protected int StartOf(int column) => _starts[_firstOwn + column];

    protected int WidthOf(int column) => _columns[_firstOwn + column].Width;

    protected void State(ref TraceLine line, TcpState state, bool isInked)
    {
        ReadOnlySpan<byte> name = TraceStates.NameOf(state);
        Ink ink = isInked && HasColor ? SocketColumn.InkOf(state) : Ink.Normal;
        if (ink == Ink.Normal)
        {
            line.Word(name);
            return;
        }

        line.Ink(ink);
        line.Word(name);
        line.EndInk();
    }

    /// <summary>Ends the line; whatever stands behind the fixed columns follows, any text.</summary>
    protected void End(ref TraceLine line, string? last, Ink ink = Ink.Normal)
    {
        Output.Advance(line.Length);
        if (last is not null)
        {
            WriteLast(last, ink);
        }

        EndLine();
    }

    protected void EndLine()
    {
        Output.WriteLine();
        if (++_lines == _look.Rows - 1)
        {
            WriteHeader();
        }
    }

    /// <summary>In parentheses when it only has the listener.</summary>
    private void WriteProcess(ref TraceLine line, in TraceOwner owner)
    {
        switch (owner.From)
        {
            case OwnerFrom.Nobody:
                line.Octet((byte)'-');
                break;
            case OwnerFrom.Listener:
                line.Octet((byte)'(');
                line.Word(_processes.Of(in owner, out int cells), cells);
                line.Octet((byte)')');
                break;
            default:
                line.Word(_processes.Of(in owner, out cells), cells);
                break;
        }
    }

    private void WriteLast(string last, Ink ink)
    {
        bool isInked = HasColor && ink != Ink.Normal;
        Output.Write(isInked ? ink.Start() : default);
        Output.WriteText(last);
        Output.Write(isInked ? InkSequences.Reset : default);
    }

    private void WriteWide(ref TraceLine line, in TraceRecord record)
    {
        line.To(_starts[4]);
        _places.Write(ref line, record.Namespace);
        line.Number(_starts[5], _columns[5].Width, record.Has(TraceMarks.MiniSocket) ? null : record.UserId);
        line.Number(_starts[6], _columns[6].Width, record.Cookie == 0 ? null : record.Cookie);
    }

    private void WriteHeader()
    {
        _lines = 1;
        if (!_look.HasHeader)
        {
            return;
        }

        Span<byte> text = stackalloc byte[LineMax];
        var line = new TraceLine(text);
        for (int i = 0; i < _columns.Length; i++)
        {
            TraceColumn column = _columns[i];
            if (i > 0)
            {
                line.To(_starts[i] + (column.IsRight ? column.Width - column.Title.Length : 0));
            }

            line.Word(Encoding.ASCII.GetBytes(column.Title));
        }

        _look.Style.Write(Output, Ink.Bold, text[..line.Length]);
        Output.WriteLine();
    }
}
