using System.Xml.Linq;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

public sealed class PlotTests
{
    private static readonly Conversation Loss = Conversation.WithLoss();

    [Fact]
    public void The_legend_names_what_occurs_and_nothing_else()
    {
        Drawing drawing = Sequence(Loss, ConnectionEnd.Responder);
        foreach (string words in (string[])["data", "sent again", "acknowledged by the receiver", "duplicate ACK", "SACK blocks", "zero window", "silence, cut short"])
        {
            Assert.Contains(words, drawing.Texts);
        }

        Assert.DoesNotContain("out of order", drawing.Texts);
        Assert.DoesNotContain("sent again", Sequence(Loss, ConnectionEnd.Originator).Texts);
    }

    [Fact]
    public void Control_bits_stand_at_their_places()
    {
        string[] texts = [.. Sequence(Loss, ConnectionEnd.Responder).WithClass("text", "control").Select(text => text.Value)];
        Assert.Equal(["SYN", "FIN"], texts);
    }

    [Fact]
    public void What_was_sent_again_says_on_hovering_which_segment_it_was()
        => Assert.Contains("frame 16: PSH, ACK  seq 1,449:2,897  ack 301  win 64,240  len 1,448; retransmission (SACK recovery)", Sequence(Loss, ConnectionEnd.Responder).Titles);

    [Fact]
    public void A_window_far_above_the_data_leaves_the_picture_and_is_told()
        => Assert.Contains("edge of the receiver's window, up to 65,161: beyond this picture", Sequence(Loss, ConnectionEnd.Originator).Texts);

    [Fact]
    public void The_axes_have_units()
    {
        string[] texts = [.. Sequence(Loss, ConnectionEnd.Responder).Texts];
        Assert.Contains("seconds since the first segment", texts);
        Assert.Contains("octets of the stream, from its SYN", texts);
        Assert.Contains("8,000", texts);
    }

    [Fact]
    public void An_end_without_data_has_no_plot()
    {
        Conversation it = new();
        it.Segment(ConnectionEnd.Originator, ControlBits.Syn, 0);
        Assert.False(TimeSequencePlot.CanShow(ConnectionEnd.Originator, it.Segments));
        Assert.True(TimeSequencePlot.CanShow(ConnectionEnd.Responder, Loss.Segments));
    }

    [Fact]
    public void Round_trips_need_two_samples()
    {
        Drawing drawing = Drawing.Of(writer => PacePlots.WriteRoundTrips(writer, Loss.Record, Loss.Segments));
        Assert.Contains("from the originator's data to the answer", drawing.Texts);
        Assert.Contains("µs", drawing.Texts);
        Assert.Empty(Drawing.Of(writer => PacePlots.WriteRoundTrips(writer, Loss.Record, [Loss.Segments[4]])).Pictures);
    }

    [Fact]
    public void Octets_under_way_are_drawn_for_who_sent_data()
    {
        string[] texts = [.. Drawing.Of(writer => PacePlots.WriteInFlight(writer, Loss.Record, Loss.Segments)).Texts];
        Assert.Contains("of the originator", texts);
        Assert.Contains("of the responder", texts);
    }

    [Fact]
    public void Every_place_is_in_the_picture_whatever_the_numbers()
    {
        Conversation it = new();
        for (int at = 0; at < 40; at++)
        {
            long wild = (at % 4) switch { 0 => long.MaxValue - 10, 1 => long.MinValue, 2 => uint.MaxValue * (long)at, _ => -at };
            it.After(at % 7 == 0 ? -1e6 : 1e7 * at).Segment((ConnectionEnd)(at % 2), ControlBits.Ack, wild, (uint)at * 1000, wild, SegmentMarks.Retransmission, window: uint.MaxValue, rtt: long.MaxValue, inFlight: uint.MaxValue, sack: (uint.MaxValue, 5));
        }

        foreach (Drawing drawing in (Drawing[])[Sequence(it, ConnectionEnd.Originator), Sequence(it, ConnectionEnd.Responder), Drawing.Of(writer => PacePlots.WriteRoundTrips(writer, it.Record, it.Segments)), Drawing.Of(writer => PacePlots.WriteInFlight(writer, it.Record, it.Segments))])
        {
            Assert.DoesNotContain("NaN", drawing.Markup);
            Assert.DoesNotContain("∞", drawing.Markup);
            Assert.All(drawing.Root.Descendants().Attributes("x"), x => Assert.InRange((double)x, -10, 910));
            Assert.All(drawing.Root.Descendants().Attributes("y"), y => Assert.InRange((double)y, -10, 520));
        }
    }

    [Fact]
    public void The_same_segments_give_the_same_plot()
        => Assert.Equal(Sequence(Loss, ConnectionEnd.Responder).Markup, Sequence(Conversation.WithLoss(), ConnectionEnd.Responder).Markup);

    private static Drawing Sequence(Conversation it, ConnectionEnd end) => Drawing.Of(writer => TimeSequencePlot.Write(writer, it.Record, end, it.Segments));
}
