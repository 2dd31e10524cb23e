using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// The conversation of two ends as a ladder: the originator's states at the left, the responder's at the right, between them an arrow a
/// segment. A state is written where it changes; ~ stands before one that is inferred, ? for one that nobody knows.
/// </summary>
internal sealed class LadderDiagram(Utf8Writer output, TerminalStyle style, Instant origin, bool raw)
{
    /// <summary>From here on there is room for the states' names in full.</summary>
    private const int FullNamesFrom = 96;

    /// <summary>Below, there is room for none: the table of states above the ladder has them.</summary>
    private const int NamesFrom = 64;

    /// <summary>Arrows longer than that are hard to follow.</summary>
    private const int WidestArrow = 86;
    private const int ShortestShaft = 4;

    private readonly int _columns = Math.Max(40, style.Columns ?? style.PageColumns);

    /// <summary>"~SYN-RECEIVED", or "~CLOSE-WAIT" where names are short.</summary>
    private readonly int _stateCells = (style.Columns ?? style.PageColumns) switch { >= FullNamesFrom => 13, >= NamesFrom => 11, _ => 0 };
    private int _frameCells;
    private int _timeCells;
    private int _arrowCells;
    private EndState? _originator;
    private EndState? _responder;

    public void Write(SegmentKeeper kept)
    {
        Settle(kept);
        foreach (KeptSegment segment in kept.First)
        {
            Row(segment);
        }

        if (kept.Elided > 0)
        {
            Gap($"{kept.Elided:N0} segments in the middle are left out; --limit N shows more");
            (_originator, _responder) = (null, null);
        }

        foreach (KeptSegment segment in kept.Last)
        {
            Row(segment);
        }
    }

    private void Settle(SegmentKeeper kept)
    {
        long frame = 0, time = 0;
        foreach (KeptSegment segment in kept.First.Concat(kept.Last))
        {
            frame = Math.Max(frame, segment.Segment.Frame);
            time = Math.Max(time, Math.Abs(segment.Segment.TimeNanoseconds - origin.Nanoseconds));
        }

        // The packet's number goes first where it is narrow: the time finds it, too.
        _frameCells = _columns < 72 ? 0 : frame.ToString().Length + 2;
        _timeCells = CaptureTime.Seconds(time).Length;
        _arrowCells = Math.Clamp(_columns - _frameCells - _timeCells - (2 * _stateCells) - 7, 12, WidestArrow);
        WriteHeader();
    }

    private void WriteHeader()
    {
        if (_frameCells > 0)
        {
            output.WriteSpaces(_frameCells - 2);
            style.Write(output, Ink.Bold, "#"u8);
            output.WriteSpaces(1);
        }

        output.WriteSpaces(_timeCells - "Seconds".Length);
        style.Write(output, Ink.Bold, "Seconds"u8);
        bool hasStates = _stateCells > 0;
        output.WriteSpaces(hasStates ? 1 + _stateCells - "Originator".Length : 4);
        style.Write(output, Ink.Bold, "Originator"u8);
        output.WriteSpaces(hasStates ? _arrowCells + 6 : _arrowCells - "OriginatorResponder".Length);
        style.Write(output, Ink.Bold, "Responder"u8);
        output.WriteLine();
    }

    private void Row(KeptSegment kept)
    {
        bool isForward = kept.Verdict.Sender == ConnectionEnd.Originator;
        List<List<string>> lines = Break(SegmentWords.Header(in kept, raw), _arrowCells - ShortestShaft - 1);
        Margin(kept);
        State(kept.Verdict.OriginatorState, ref _originator, isLeft: true);
        Lifeline();
        Arrow(string.Join("  ", lines[0]), isForward);
        RightLine();
        State(kept.Verdict.ResponderState, ref _responder, isLeft: false);
        output.WriteLine();
        foreach (List<string> rest in lines[1..])
        {
            Below("  " + string.Join("  ", rest), Ink.Normal, isForward);
        }

        foreach ((string mark, MarkWeight weight) in SegmentWords.Marks(kept))
        {
            Below(mark, weight switch { MarkWeight.Trouble => Ink.BoldRed, MarkWeight.Notice => Ink.Yellow, _ => Ink.Cyan }, isForward);
        }
    }

    private void Margin(KeptSegment kept)
    {
        if (_frameCells > 0)
        {
            byte[] frame = Encoding.ASCII.GetBytes(kept.Segment.Frame.ToString());
            output.WriteSpaces(_frameCells - 1 - frame.Length);
            style.Write(output, Ink.Dim, frame);
            output.WriteSpaces(1);
        }

        string time = CaptureTime.Seconds(kept.Segment.TimeNanoseconds - origin.Nanoseconds);
        output.WriteSpaces(_timeCells - time.Length);
        output.WriteText(time);
        output.WriteSpaces(1);
    }

    private void State(EndState now, ref EndState? before, bool isLeft)
    {
        string text = before == now ? "" : now.Certainty switch
        {
            Certainty.Unknown => "?",
            Certainty.Inferred => "~" + NameOf(now.State),
            Certainty.Seen => NameOf(now.State),
        };
        before = now;
        if (_stateCells == 0)
        {
            return;
        }

        if (isLeft)
        {
            output.WriteSpaces(Math.Max(0, _stateCells - text.Length));
        }
        else if (text.Length > 0)
        {
            output.Write((byte)' ');
        }

        if (text.Length > 0)
        {
            style.Write(output, now.Certainty == Certainty.Seen ? Ink.Bold : Ink.Normal, Encoding.ASCII.GetBytes(text));
        }
    }

    /// <summary>ss has a name of its own for CLOSED, since what it shows is never a connection's end.</summary>
    private string NameOf(TcpState state)
        => state.Name(_columns >= FullNamesFrom || state == TcpState.Closed ? StateSpelling.Rfc : StateSpelling.Ss);

    private void Lifeline()
    {
        output.Write((byte)' ');
        style.Write(output, Ink.Dim, style.Unicode ? "│"u8 : "|"u8);
        output.Write((byte)' ');
    }

    private void RightLine()
    {
        output.Write((byte)' ');
        style.Write(output, Ink.Dim, style.Unicode ? "│"u8 : "|"u8);
    }

    /// <summary>The text stands with its sender, and the shaft goes on to the receiver.</summary>
    private void Arrow(string text, bool isForward)
    {
        int shaft = Math.Max(1, _arrowCells - text.Length - 2);
        if (isForward)
        {
            output.WriteText(text);
            output.Write((byte)' ');
            Shaft(shaft);
            style.Write(output, Ink.Dim, style.Unicode ? "▶"u8 : ">"u8);
        }
        else
        {
            style.Write(output, Ink.Dim, style.Unicode ? "◀"u8 : "<"u8);
            Shaft(shaft);
            output.Write((byte)' ');
            output.WriteText(text);
        }
    }

    private void Shaft(int cells)
    {
        var shaft = new MemoryWriter();
        for (int cell = 0; cell < cells; cell++)
        {
            shaft.Write(style.Unicode ? "─"u8 : "-"u8);
        }

        style.Write(output, Ink.Dim, shaft.Written);
    }

    /// <summary>What belongs to the segment above, on its sender's side.</summary>
    private void Below(string text, Ink ink, bool isForward)
    {
        if (text.Length > _arrowCells)
        {
            text = text[..(_arrowCells - 1)] + "~";
        }

        output.WriteSpaces(_frameCells + _timeCells + 1 + _stateCells);
        Lifeline();
        int room = _arrowCells - text.Length;
        output.WriteSpaces(isForward ? 0 : room);
        style.Write(output, ink, Encoding.ASCII.GetBytes(text));
        output.WriteSpaces(isForward ? room : 0);
        RightLine();
        output.WriteLine();
    }

    private void Gap(string text)
    {
        output.WriteSpaces(_frameCells + _timeCells + 1 + _stateCells);
        output.Write((byte)' ');
        style.Write(output, Ink.Dim, style.Unicode ? "┊"u8 : ":"u8);
        output.Write((byte)' ');
        int position = _frameCells + _timeCells + 1 + _stateCells + 3;
        Prose.Write(output, text, _columns, indent: position, position);
    }

    /// <summary>As many parts to a line as fit; a part is never cut.</summary>
    private static List<List<string>> Break(List<string> parts, int cells)
    {
        List<List<string>> lines = [[]];
        int used = 0;
        foreach (string part in parts)
        {
            int needed = part.Length + (lines[^1].Count > 0 ? 2 : 0);
            if (lines[^1].Count > 0 && used + needed > cells)
            {
                lines.Add([]);
                used = 2;
                needed = part.Length;
            }

            lines[^1].Add(part);
            used += needed;
        }

        return lines;
    }
}
