using System.Xml.Linq;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

public sealed class LadderPictureTests
{
    private static readonly Conversation Loss = Conversation.WithLoss();

    [Fact]
    public void Segments_stand_in_the_order_of_the_capture_in_words()
    {
        string[] segments = [.. Of(Loss).WithClass("g", "segment").Select(segment => segment.Elements().First(element => element.Name.LocalName == "text").Value)];
        Assert.Equal(Loss.Segments.Count, segments.Length);
        Assert.Equal("SYN  seq 0:1  win 64,240  len 0", segments[0]);
        Assert.Equal("SYN, ACK  seq 0:1  ack 1  win 65,160  len 0", segments[1]);
        Assert.Equal("ACK  seq 1  ack 1  win 64,240  len 0", segments[2]);
        Assert.Equal("PSH, ACK  seq 1:301  ack 1  win 64,240  len 300", segments[3]);
        Assert.Equal("FIN, ACK  seq 301:302  ack 8,690  win 64,240  len 0", segments[^2]);
    }

    [Fact]
    public void Marks_stand_at_their_segment_the_gravest_first()
    {
        Assert.Equal(["▲ retransmission (SACK recovery)"], MarksOf(frame: 16));
        Assert.Equal(["duplicate ACK #3", "SACK 2,897:7,241"], MarksOf(frame: 15));
        Assert.Equal(["▲ zero window"], MarksOf(frame: 17));
        Assert.Empty(MarksOf(frame: 4));
    }

    [Fact]
    public void The_bands_are_the_timeline()
    {
        Drawing drawing = Of(Loss);
        Assert.Equal(["SYN-SENT", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"], drawing.StatesAt(left: true));
        Assert.Equal(["LISTEN", "SYN-RECEIVED", "ESTABLISHED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"], drawing.StatesAt(left: false));
    }

    [Fact]
    public void Certainty_has_a_shape_and_a_word()
    {
        Drawing drawing = Of(Loss);
        Assert.NotEmpty(drawing.WithClass("rect", "filled"));
        Assert.NotEmpty(drawing.WithClass("line", "stripes"));
        Assert.Equal(3, drawing.WithClass("text", "small").Count(text => text.Value == "inferred"));
        Assert.Contains("responder: LISTEN, inferred", drawing.Titles);
    }

    [Fact]
    public void A_state_that_is_unknown_is_dotted_and_says_so()
    {
        Conversation midstream = new();
        midstream.Segment(ConnectionEnd.Originator, ControlBits.Ack, 1, 10, 1);
        Drawing drawing = Of(midstream);
        Assert.Equal(["unknown"], drawing.StatesAt(left: true));
        Assert.NotEmpty(drawing.WithClass("rect", "dotted"));
    }

    [Fact]
    public void States_that_one_segment_leads_through_are_named()
    {
        Conversation it = new();
        it.States(TcpState.Established, TcpState.Established).Segment(ConnectionEnd.Originator, ControlBits.Ack, 1, 0, 1);
        it.After(1).States(TcpState.CloseWait, TcpState.FinWait1).States(TcpState.LastAck, TcpState.FinWait1).Segment(ConnectionEnd.Originator, ControlBits.Fin | ControlBits.Ack, 1, 0, 2);
        Drawing drawing = Of(it);
        Assert.Equal(["ESTABLISHED", "CLOSE-WAIT", "LAST-ACK"], drawing.StatesAt(left: true));
        Assert.Contains("via CLOSE-WAIT", drawing.Texts);
    }

    [Fact]
    public void Silence_is_a_row_that_says_how_long() => Assert.Contains("240 ms of silence", Of(Loss).Texts);

    [Fact]
    public void What_is_left_out_is_counted()
    {
        Conversation it = Long(segments: 500, marked: 300);
        Drawing drawing = Draw(it, limit: 50);
        Assert.Equal(50, drawing.WithClass("g", "segment").Count());
        string[] elisions = [.. drawing.Texts.Where(text => text.EndsWith("not shown", StringComparison.Ordinal))];
        Assert.Equal(450, elisions.Sum(text => int.Parse(text.Split(' ')[0])));
        Assert.Contains("▲ zero window", drawing.Texts);
    }

    [Fact]
    public void Nothing_is_left_out_of_a_short_one() => Assert.DoesNotContain(Of(Loss).Texts, text => text.EndsWith("not shown", StringComparison.Ordinal));

    [Fact]
    public void The_same_conversation_gives_the_same_picture() => Assert.Equal(Of(Loss).Markup, Of(Conversation.WithLoss()).Markup);

    [Fact]
    public void Words_fit_between_the_lifelines_whatever_the_numbers()
    {
        Conversation it = new();
        it.Segment(ConnectionEnd.Originator, ControlBits.All, long.MaxValue - 5, uint.MaxValue, long.MinValue, (SegmentMarks)ulong.MaxValue, RetransmissionKind.BackedOffTimeout, uint.MaxValue, int.MaxValue);
        it.After(1e9).Segment(ConnectionEnd.Responder, ControlBits.None, long.MinValue, 0, long.MaxValue, SegmentMarks.TimeBackwards);
        Drawing drawing = Of(it);
        foreach (var text in drawing.WithClass("g", "segment").Elements().Where(element => element.Name.LocalName == "text"))
        {
            double room = text.Attribute("textLength") is { } length ? (double)length : text.Value.Length * 12 * 0.602;
            Assert.True(room <= 568, text.Value);
        }
    }

    private static string[] MarksOf(int frame)
        => [.. Of(Loss).WithClass("g", "segment").ElementAt(frame - 1).Elements().Where(element => ((string?)element.Attribute("class") ?? "").StartsWith("mark", StringComparison.Ordinal)).Select(element => element.Value)];

    private static Conversation Long(int segments, int marked)
    {
        Conversation it = new();
        for (int at = 0; at < segments; at++)
        {
            it.After(0.1).Segment(ConnectionEnd.Originator, ControlBits.Ack, 1, 0, 1, at == marked ? SegmentMarks.ZeroWindow : SegmentMarks.None);
        }

        return it;
    }

    private static Drawing Of(Conversation it) => Draw(it, LadderPicture.DefaultLimit);

    private static Drawing Draw(Conversation it, int limit) => Drawing.Of(writer => LadderPicture.Write(writer, it.Record, it.Segments, limit));
}
