using System.Globalization;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>One segment in a ladder: its time at the side, its arrow, what it says above and what is remarkable below.</summary>
internal sealed class LadderStep
{
    /// <summary>Where the arrow leaves and arrives: it slants so that time is seen to pass, not by how much.</summary>
    public const double Departure = 19;
    public const double Arrival = 27;

    private const double FirstMark = 41;
    private const double LineHeight = 14;

    /// <summary>Enough for a state and its certainty beside the arrow's end.</summary>
    private const double LeastHeight = 46;

    private readonly JudgedSegment _judged;
    private readonly Instant _beginning;
    private readonly List<(MarkWeight Weight, string Words)> _marks;

    public LadderStep(in JudgedSegment judged, Instant beginning)
    {
        _judged = judged;
        _beginning = beginning;
        _marks =
        [
            .. PictureWords.MarksOf(in judged, PictureWords.OfTheCapture)
                .GroupBy(static mark => mark.Weight, static mark => mark.Words)
                .Select(static group => (group.Key, (group.Key == MarkWeight.Trouble ? "▲ " : "") + string.Join(" · ", group))),
        ];
    }

    public double Height => Math.Max(LeastHeight, FirstMark + (LineHeight * _marks.Count));

    public bool IsForward => _judged.Verdict.Sender == ConnectionEnd.Originator;

    public void Draw(SvgWriter picture, double y)
    {
        picture.Text(LadderFrame.Times, y + 17, "end", Seconds(), LadderFrame.Times);
        picture.Text(LadderFrame.Times, y + 29, "small end", $"frame {_judged.Segment.Frame:N0}", LadderFrame.Times, 10);
        picture.BeginGroup($"segment {Style(_judged.Verdict.Marks.Weight)}", Title());
        Arrow(picture, y);
        (double x, string side) = IsForward ? (LadderFrame.Left + LadderFrame.Inset, "") : (LadderFrame.Right - LadderFrame.Inset, "end");
        picture.Text(x, y + 13, side, PictureWords.Of(in _judged), LadderFrame.Room);
        double line = y + FirstMark;
        foreach ((MarkWeight weight, string words) in _marks)
        {
            picture.Text(x, line, $"mark {Style(weight)} {side}".TrimEnd(), words, LadderFrame.Room);
            line += LineHeight;
        }

        picture.EndGroup();
    }

    private void Arrow(SvgWriter picture, double y)
    {
        (double from, double to, double back) = IsForward ? (LadderFrame.Left, LadderFrame.Right, -9) : (LadderFrame.Right, LadderFrame.Left, 9);
        picture.Line(from, y + Departure, to, y + Arrival, "arrow");
        picture.Path(new PathData().MoveTo(to, y + Arrival).LineTo(to + back, y + Arrival - 4.5).LineTo(to + back, y + Arrival + 3.5) + "Z", "head");
    }

    private string Seconds()
        => ((_judged.Segment.TimeNanoseconds - (Int128)_beginning.Nanoseconds) is var since ? (double)since / 1e9 : 0).ToString("N6", CultureInfo.InvariantCulture);

    /// <summary>What there is no room for: the numbers as they stand in the header, and the rest of it.</summary>
    private string Title()
    {
        CapturedSegment segment = _judged.Segment;
        string rtt = _judged.Verdict.RttNanoseconds > 0 ? $"; round trip {PictureWords.Time(_judged.Verdict.RttNanoseconds)}" : "";
        string artefacts = string.Concat(PictureWords.MarksOf(in _judged, ~PictureWords.OfTheCapture).Select(static mark => $"; {mark.Words}"));
        return $"frame {segment.Frame:N0}, {PictureWords.Date(new(segment.TimeNanoseconds))}: seq {segment.Sequence}, ack {segment.Acknowledgment}, window field {segment.Window.Raw:N0}; "
            + $"TTL {segment.TimeToLive}; {_judged.Verdict.InFlight:N0} octets under way after it{rtt}{artefacts}";
    }

    private static string Style(MarkWeight? weight) => weight switch
    {
        MarkWeight.Trouble => "trouble",
        MarkWeight.Notice => "notice",
        _ => "plain",
    };
}
