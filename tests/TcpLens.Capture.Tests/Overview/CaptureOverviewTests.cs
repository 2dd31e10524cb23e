using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

public sealed class CaptureOverviewTests
{
    [Fact]
    public void Sums_are_those_of_the_records()
    {
        var overview = new CaptureOverview();
        overview.Ended(Record(1, "10.0.0.1", "10.0.0.9", ConnectionOutcome.Closed, SegmentMarks.Retransmission, 3));
        overview.Ended(Record(2, "10.0.0.2", "10.0.0.9", ConnectionOutcome.Closed, SegmentMarks.Retransmission, 30));
        overview.Ended(Record(3, "10.0.0.2", "10.0.0.9", ConnectionOutcome.Refused));
        CaptureFacts facts = overview.ToFacts();

        Assert.Equal(3, facts.Connections);
        Assert.Equal(2, facts.Of(ConnectionOutcome.Closed).Connections);
        Assert.Equal(3, Assert.Single(facts.Of(ConnectionOutcome.Refused).First).Number);
        MarkSum again = facts.Of(SegmentMarks.Retransmission);
        Assert.Equal((33, 2), (again.Segments, again.Connections));
        Assert.Equal([(2L, 30L), (1, 3)], again.Worst.Select(worst => (worst.Number, worst.Count)));
        Assert.Equal(0, facts.Of(SegmentMarks.ZeroWindow).Segments);
        Assert.Equal("10.0.0.9", overview.Talkers.ByConnections(1)[0].Key.ToString());
    }

    [Fact]
    public void One_port_that_many_never_finish_a_handshake_with_and_one_address_that_tries_many_ports_stand_out()
    {
        var overview = new CaptureOverview();
        for (int i = 0; i < 3000; i++)
        {
            overview.Ended(Record(i + 1, $"172.16.{i >> 8}.{i & 255}", "10.0.0.9", ConnectionOutcome.Unanswered, port: 443));
            overview.Ended(Record(i + 10_001, "192.0.2.1", "10.0.0.7", ConnectionOutcome.Refused, port: (ushort)(i + 1)));
        }

        CaptureFacts facts = overview.ToFacts();
        SynTarget target = facts.SynTargets[0];
        Assert.Equal(("10.0.0.9:443", 3000), (target.Target.ToString(), target.Unfinished));
        Assert.InRange(target.Sources, 2700, 3300);
        ScanSource source = facts.ScanSources[0];
        Assert.Equal("192.0.2.1", source.Source.ToString());
        Assert.InRange(source.Ports, 2700, 3300);
        Assert.Equal(1, source.Hosts);
    }

    [Fact]
    public void A_copy_goes_its_own_way()
    {
        var overview = new CaptureOverview();
        overview.Ended(Record(1, "10.0.0.1", "10.0.0.9", ConnectionOutcome.Closed, SegmentMarks.ZeroWindow, 1));
        CaptureOverview copy = overview.Copy();
        copy.Ended(Record(2, "10.0.0.1", "10.0.0.9", ConnectionOutcome.Closed, SegmentMarks.ZeroWindow, 5));

        Assert.Equal((1, 2), (overview.Connections, copy.Connections));
        Assert.Equal((1, 6), (overview.ToFacts().Of(SegmentMarks.ZeroWindow).Segments, copy.ToFacts().Of(SegmentMarks.ZeroWindow).Segments));
        Assert.Equal(1, overview.ToFacts().Of(ConnectionOutcome.Closed).Connections);
        Assert.Equal(1, overview.Talkers.Services(1)[0].Note.Connections);
    }

    internal static ConnectionRecord Record(long number, string originator, string responder, ConnectionOutcome outcome, SegmentMarks mark = SegmentMarks.None, long count = 0, ushort port = 80) => new()
    {
        Number = number,
        Originator = new(HostAddress.Parse(originator)!.Value, 40000),
        Responder = new(HostAddress.Parse(responder)!.Value, port),
        FirstSeen = new(number * 1000),
        LastSeen = new((number * 1000) + 500),
        Outcome = outcome,
        ZeekState = "SF",
        History = "",
        Timeline = [new(new(number * 1000), ConnectionEnd.Originator, new(TcpState.Closed, Certainty.Seen))],
        FromOriginator = new() { Packets = 2, IpOctets = 100, Marks = mark == SegmentMarks.None ? new() : new Dictionary<SegmentMarks, long> { [mark] = count } },
        FromResponder = new() { Packets = 1, IpOctets = 60 },
    };
}
