using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// The conversation of two ends as a ladder: their lifelines with the state of each, and between them the segments in the order of
/// the capture, with their control bits in words and what is remarkable about them in place. Time stands beside the rows; pauses
/// and segments that are left out have rows of their own.
/// </summary>
/// <remarks>The picture is a column of strips, each an SVG, so that paper can be cut between them (<see cref="PictureStyle"/>).</remarks>
public sealed class LadderPicture
{
    /// <summary>Segments that are shown when nobody says otherwise.</summary>
    public const int DefaultLimit = 200;

    private const int RowsInStrip = 10;

    private readonly ConnectionRecord _connection;
    private readonly IReadOnlyList<JudgedSegment> _segments;
    private readonly LadderStates _states;
    private readonly List<LadderRow> _rows;
    private readonly SvgWriter _picture;
    private readonly LadderBand _originator = new(ConnectionEnd.Originator);
    private readonly LadderBand _responder = new(ConnectionEnd.Responder);
    private int _last = -1;

    private LadderPicture(TextWriter output, ConnectionRecord connection, IReadOnlyList<JudgedSegment> segments, int limit)
    {
        _connection = connection;
        _segments = segments;
        _states = new(connection, segments);
        _rows = LadderLayout.Rows(segments, _states, connection.HandshakeRtt, limit);
        _picture = new(output);
    }

    /// <summary>Writes the ladder as a column of SVG elements.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="connection">Whose conversation it is.</param>
    /// <param name="segments">Its segments in order; where ordinals are missing, the picture says so.</param>
    /// <param name="limit">Most segments that are drawn, 8 or more.</param>
    public static void Write(TextWriter output, ConnectionRecord connection, IReadOnlyList<JudgedSegment> segments, int limit = DefaultLimit)
        => new LadderPicture(output, connection, segments, limit).Draw();

    private void Draw()
    {
        Head();
        for (int at = 0; at < _rows.Count;)
        {
            int end = EndOfStrip(at);
            Strip(at, end);
            at = end;
        }

        Legend();
    }

    private void Head()
    {
        _picture.Open(LadderFrame.Width, 54, "ladder top", $"ladder of connection {_connection.Number}");
        _picture.Text(0, 14, "name", _connection.Originator.ToString(), 440);
        _picture.Text(LadderFrame.Width, 14, "name end", _connection.Responder.ToString(), 440);
        _picture.Text(LadderFrame.Left, 34, "quiet end", "originator");
        _picture.Text(LadderFrame.Right, 34, "quiet", "responder");
        _picture.Text(LadderFrame.Times, 34, "quiet end", "seconds");
        _picture.Text(LadderFrame.Middle, 34, "quiet middle", $"begins {PictureWords.Date(_connection.FirstSeen)}");
        Lifelines(40, 54);
        _picture.Close();
    }

    /// <summary>A strip ends after ten rows, or before a pause once it has four.</summary>
    private int EndOfStrip(int from)
    {
        int at = from + 1;
        while (at < _rows.Count && (at - from < 4 || _rows[at].Kind == LadderRowKind.Segment) && (at - from < RowsInStrip || _rows[at - 1].Kind != LadderRowKind.Segment))
        {
            at++;
        }

        return at;
    }

    private void Strip(int from, int end)
    {
        LadderStep?[] steps = [.. _rows[from..end].Select(row => row.Kind == LadderRowKind.Segment ? new LadderStep(_segments[row.Index], _connection.FirstSeen) : null)];
        double height = steps.Sum(static step => step?.Height ?? LadderFrame.PauseHeight);
        _picture.Open(LadderFrame.Width, height, "ladder", $"rows {from + 1} to {end} of {_rows.Count}");
        double y = 0;
        for (int at = 0; at < steps.Length; at++)
        {
            if (steps[at] is { } step)
            {
                Lifelines(y, y + step.Height);
                States(_rows[from + at].Index, y, step.IsForward);
                step.Draw(_picture, y);
                y += step.Height;
            }
            else
            {
                Pause(_rows[from + at], y);
                y += LadderFrame.PauseHeight;
            }
        }

        _originator.EndStrip(_picture, height);
        _responder.EndStrip(_picture, height);
        _picture.Close();
    }

    private void States(int index, double y, bool isForward)
    {
        Change(_originator, ConnectionEnd.Originator, y + (isForward ? LadderStep.Departure : LadderStep.Arrival));
        Change(_responder, ConnectionEnd.Responder, y + (isForward ? LadderStep.Arrival : LadderStep.Departure));
        _last = index;

        void Change(LadderBand band, ConnectionEnd end, double at) => band.Change(_picture, at, _states.Between(end, _last, index));
    }

    private void Pause(LadderRow row, double y)
    {
        bool isElision = row.Kind == LadderRowKind.Elision;
        string style = isElision ? "elision" : "silence";
        _picture.BeginGroup(style);
        foreach (double x in (ReadOnlySpan<double>)[LadderFrame.Left, LadderFrame.Right])
        {
            _picture.Line(x, y, x, y + LadderFrame.PauseHeight, "broken");
        }

        string words = isElision
            ? $"{row.Count:N0} {(row.Count == 1 ? "segment" : "segments")} in {PictureWords.Time(row.Nanoseconds)} not shown"
            : $"{PictureWords.Time(row.Nanoseconds)} of silence";
        _picture.Text(LadderFrame.Middle, y + 22, "middle", words);
        _picture.EndGroup();
        if (isElision)
        {
            _originator.Break(_picture, y);
            _responder.Break(_picture, y);
        }
    }

    private void Lifelines(double from, double to)
    {
        _picture.Line(LadderFrame.Left, from, LadderFrame.Left, to, "life");
        _picture.Line(LadderFrame.Right, from, LadderFrame.Right, to, "life");
    }

    private void Legend()
    {
        _picture.Open(LadderFrame.Width, 62, "ladder", "legend");
        double x = LadderFrame.Left;
        foreach ((string style, string words) in (ReadOnlySpan<(string, string)>)[("filled", "state seen"), ("stripes", "state inferred"), ("dotted", "state unknown")])
        {
            _picture.BeginGroup("band closing");
            LadderBand.Swatch(_picture, x, 12, 26, style);
            _picture.EndGroup();
            _picture.Text(x + 16, 24, "quiet", words);
            x += 140;
        }

        _picture.Text(LadderFrame.Left, 44, "quiet", "Numbers count from each end's SYN, or from just before its first octet captured; win and len are octets.");
        _picture.Text(LadderFrame.Left, 58, "quiet", "Arrows slant to show which way time runs, not how long a segment took.");
        _picture.Close();
    }
}
