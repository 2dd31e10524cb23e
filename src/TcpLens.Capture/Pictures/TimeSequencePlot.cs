using System.Globalization;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// What one end sent, as a plot of sequence numbers over time, in the tradition of Stevens and of Shepard's xplot: an upright bar for
/// each segment with data, below it how far it was acknowledged, above it how far the receiver's window allowed to go.
/// </summary>
public sealed class TimeSequencePlot
{
    private const double Height = 400;

    /// <summary>Signs with words of their own; beyond them only the signs are drawn.</summary>
    private const int MostTitles = 400;

    private readonly SvgWriter _picture;
    private readonly ConnectionRecord _connection;
    private readonly ConnectionEnd _end;
    private readonly IReadOnlyList<JudgedSegment> _segments;
    private readonly SequenceRange _range;
    private readonly PlotFrame _frame;
    private readonly PlotLegend _legend = new();
    private readonly List<(string Style, string Path, string Title)> _signs = [];
    private readonly List<(double X, double Y, string Name)> _names = [];

    private TimeSequencePlot(TextWriter output, ConnectionRecord connection, ConnectionEnd end, IReadOnlyList<JudgedSegment> segments)
    {
        _picture = new(output);
        _connection = connection;
        _end = end;
        _segments = segments;
        _range = SequenceRange.Of(segments, end);
        _frame = new(Height, new PlotClock(connection, segments, PlotFrame.Left, PlotFrame.Right), (_range.Least, _range.Top));
    }

    /// <summary>True when the end sent data that a plot can show.</summary>
    public static bool CanShow(ConnectionEnd end, IReadOnlyList<JudgedSegment> segments)
        => segments.Any(judged => judged.Verdict.Sender == end && judged.Segment.PayloadLength > 0);

    /// <summary>Writes the plot as one SVG element.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="connection">Whose segments these are.</param>
    /// <param name="end">Whose data is shown; the other end's acknowledgments and windows with it.</param>
    /// <param name="segments">Of both ends, in order.</param>
    public static void Write(TextWriter output, ConnectionRecord connection, ConnectionEnd end, IReadOnlyList<JudgedSegment> segments)
        => new TimeSequencePlot(output, connection, end, segments).Draw();

    private void Draw()
    {
        string data = Data();
        (string acks, string window, string sacks, string duplicates) = Answers();
        Explain(data, acks, window, sacks, duplicates);
        string title = $"{(_end == ConnectionEnd.Originator ? "Originator" : "Responder")}'s data over time";
        _picture.Open(PlotFrame.Width, Height + 6 + _legend.Height, "plot", title);
        _frame.Draw(_picture, $"{title}: {_connection.EndpointOf(_end)} → {_connection.EndpointOf(_end.Other)}", "octets of the stream, from its SYN");
        _picture.Path(window, "window");
        _picture.Path(acks, "ack");
        _picture.Path(duplicates, "ack");
        _picture.Path(sacks, "sack");
        _picture.Path(data, "data");
        Signs();
        _legend.Draw(_picture, Height + 2);
        _picture.Close();
    }

    private double X(in JudgedSegment judged) => _frame.Times.Place(in judged);

    /// <summary>The bars of new data; what is remarkable goes among the signs.</summary>
    private string Data()
    {
        BarRun plain = new();
        foreach (JudgedSegment judged in _segments)
        {
            if (judged.Verdict.Sender != _end)
            {
                continue;
            }

            double x = X(in judged), bottom = _frame.Values.Place(judged.Verdict.RelativeSequence), top = _frame.Values.Place(judged.Verdict.RelativeSequence + judged.Segment.SequenceLength);
            Name(judged.Segment, x, top);
            if (SignOf(judged.Verdict.Marks) is { } style)
            {
                string shape = style switch { "again" => PlotShapes.Diamond(x, top), "overtaken" => PlotShapes.Square(x, top), _ => PlotShapes.Cross(x, top) };
                _signs.Add((style, PlotShapes.Bar(x, top, bottom) + shape, Title(in judged)));
            }
            else if (judged.Segment.PayloadLength > 0)
            {
                plain.Add(x, top, bottom);
            }
        }

        return plain.Complete();
    }

    /// <summary>What the other end said of this end's data.</summary>
    private (string Acks, string Window, string Sacks, string Duplicates) Answers()
    {
        PathData acks = new(), window = new();
        BarRun sacks = new();
        System.Text.StringBuilder duplicates = new();
        foreach (JudgedSegment judged in _segments)
        {
            if (judged.Verdict.Sender == _end || !judged.Segment.Has(ControlBits.Ack) || judged.Segment.Has(ControlBits.Rst))
            {
                continue;
            }

            double x = X(in judged), y = _frame.Values.Place(judged.Verdict.RelativeAcknowledgment);
            acks.StepTo(x, y);
            window.StepTo(x, _frame.Values.Place(judged.Verdict.RelativeAcknowledgment + judged.Verdict.Window));
            foreach ((long left, long right) in PictureWords.SackRanges(in judged))
            {
                sacks.Add(x, _frame.Values.Place(right), _frame.Values.Place(left));
            }

            if ((judged.Verdict.Marks & SegmentMarks.DuplicateAck) != SegmentMarks.None)
            {
                duplicates.Append(PlotShapes.Tick(x, y));
            }

            if ((judged.Verdict.Marks & SegmentMarks.ZeroWindow) != SegmentMarks.None)
            {
                _signs.Add(("closed", PlotShapes.TriangleDown(x, y), Title(in judged)));
            }
        }

        return (acks.HoldTo(PlotFrame.Right).ToString(), window.HoldTo(PlotFrame.Right).ToString(), sacks.Complete(), duplicates.ToString());
    }

    private void Name(in CapturedSegment segment, double x, double y)
    {
        string name = (segment.Bits & (ControlBits.Syn | ControlBits.Fin | ControlBits.Rst)).Words();
        if (segment.HasAny(ControlBits.Syn | ControlBits.Fin | ControlBits.Rst) && !_names.Exists(other => Math.Abs(other.X - x) < 34 && Math.Abs(other.Y - y) < 12))
        {
            _names.Add((x, y, name));
        }
    }

    private void Signs()
    {
        int titles = 0;
        foreach ((string style, string path, string title) in _signs)
        {
            _picture.BeginGroup(style, titles++ < MostTitles ? title : null);
            _picture.Path(path, "");
            _picture.EndGroup();
        }

        foreach ((double x, double y, string name) in _names)
        {
            bool isAtEnd = x > PlotFrame.Right - 60;
            _picture.Text(isAtEnd ? x - 6 : x + 6, Math.Max(y - 5, 66), isAtEnd ? "control end" : "control", name);
        }
    }

    private void Explain(string data, string acks, string window, string sacks, string duplicates)
    {
        Entry(data, "data", static (x, y) => PlotShapes.Bar(x, y - 6, y + 6), "data");
        Sign("again", static (x, y) => PlotShapes.Bar(x, y - 3, y + 6) + PlotShapes.Diamond(x, y - 3), "sent again");
        Sign("overtaken", static (x, y) => PlotShapes.Bar(x, y - 3, y + 6) + PlotShapes.Square(x, y - 3), "out of order");
        Sign("asking", PlotShapes.Cross, "keep-alive or probe");
        Entry(acks, "ack", static (x, y) => new PathData().MoveTo(x - 8, y).LineTo(x + 8, y).ToString(), "acknowledged by the receiver");
        Entry(duplicates, "ack", static (x, y) => PlotShapes.Bar(x - 3, y - 6, y + 6) + PlotShapes.Tick(x - 3, y), "duplicate ACK");
        Entry(sacks, "sack", static (x, y) => PlotShapes.Bar(x, y - 6, y + 6), "SACK blocks");
        Entry(window, "window", static (x, y) => new PathData().MoveTo(x - 8, y).LineTo(x + 8, y).ToString(), _range.IsWindowBeyond
            ? $"edge of the receiver's window, up to {_range.WindowEdge.ToString("N0", CultureInfo.InvariantCulture)}: beyond this picture"
            : "edge of the receiver's window");
        Sign("closed", PlotShapes.TriangleDown, "zero window");
        _frame.Explain(_legend);
        if (_segments.Count > 0 && _segments[^1].Ordinal > _segments.Count)
        {
            _legend.Add(static (_, _, _) => { }, $"{_segments.Count.ToString("N0", CultureInfo.InvariantCulture)} of {_segments[^1].Ordinal.ToString("N0", CultureInfo.InvariantCulture)} segments drawn: all with marks of trouble, and every n-th of the others");
        }

        void Entry(string path, string style, Func<double, double, string> sample, string words)
        {
            if (path.Length > 0)
            {
                _legend.Add((picture, x, y) => picture.Path(sample(x, y), style), words);
            }
        }

        void Sign(string style, Func<double, double, string> sample, string words)
        {
            if (_signs.Exists(sign => sign.Style == style))
            {
                _legend.Add(
                    (picture, x, y) =>
                    {
                        picture.BeginGroup(style);
                        picture.Path(sample(x, y), "");
                        picture.EndGroup();
                    },
                    words);
            }
        }
    }

    private static string? SignOf(SegmentMarks marks)
        => (marks & (SegmentMarks.KeepAlive | SegmentMarks.ZeroWindowProbe)) != SegmentMarks.None ? "asking"
        : (marks & SegmentMarks.Retransmission) != SegmentMarks.None ? "again"
        : (marks & SegmentMarks.OutOfOrder) != SegmentMarks.None ? "overtaken"
        : null;

    private static string Title(in JudgedSegment judged)
        => $"frame {judged.Segment.Frame.ToString("N0", CultureInfo.InvariantCulture)}: {PictureWords.Of(in judged)}; {string.Join(", ", PictureWords.MarksOf(in judged, PictureWords.OfTheCapture).Select(static mark => mark.Words))}";
}
