using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Recovery by SACK (RFC 6675), and how the window shrinks in it (RFC 6937).</summary>
public sealed class SackRecoveryTests
{
    private static readonly TcpSettings ByNumbers = TcpSettings.Default with { Rack = false, Congestion = CongestionAlgorithm.NewReno };

    [Fact]
    [Requirement("6675-1", "6675-4")]
    public void More_than_two_segments_beyond_a_hole_make_it_lost()
    {
        RecoveryTrace trace = Flight();
        trace.Ack(1, 1001, 3001);
        Assert.DoesNotContain("R", trace.Sent, StringComparison.Ordinal);
        trace.Ack(1, 1001, 3002);
        Assert.Contains("R1:1001", trace.Sent, StringComparison.Ordinal);
        Assert.Equal((RecoveryPhase.Recovery, 5), (trace.Status.Phase, trace.Status.SlowStartThreshold));
    }

    [Fact]
    [Requirement("6675-1")]
    public void So_do_three_ranges_however_short()
    {
        RecoveryTrace trace = Flight();
        trace.Ack(1, 1001, 1101).Ack(1, 3001, 3101, 1001, 1101);
        Assert.DoesNotContain("R", trace.Sent, StringComparison.Ordinal);
        trace.Ack(1, 5001, 5101, 3001, 3101, 1001, 1101);
        Assert.Contains("R1:1001", trace.Sent, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("6675-2")]
    public void The_pipe_counts_what_may_still_be_under_way()
    {
        SentSegments sent = default;
        for (int i = 0; i < 5; i++)
        {
            sent.Add(new(RecoveryTrace.At(1 + (1000 * i)), RecoveryTrace.At(1001 + (1000 * i))), 1000, new(1 + i));
        }

        Assert.Equal(5000, sent.Pipe);
        sent.Split(4, RecoveryTrace.At(4001));
        int last = sent.Count - 1;
        sent.MarkSacked(last);
        Assert.Equal(4000, sent.Pipe);
        sent.Split(0, RecoveryTrace.At(1001));
        sent.MarkLost(0);
        Assert.Equal(3000, sent.Pipe);
        sent.MarkRetransmitted(0, new(9));
        Assert.Equal(4000, sent.Pipe);
        sent.Clear();
    }

    [Fact]
    [Requirement("6675-3", "6675-4")]
    public void What_is_lost_goes_before_what_is_new_and_what_is_new_before_what_may_be_lost()
    {
        RecoveryTrace trace = Flight(10_000);
        trace.Write(2000).Ack(1, 4001, 7001);
        Assert.StartsWith("R1:1001", trace.Sent, StringComparison.Ordinal);
        trace = Flight(10_000).Write(2000);
        trace.Ack(1, 4001, 7001).Ack(1, 4001, 8001).Ack(1, 4001, 9001).Ack(1, 4001, 10_001).Wait(50).Ack(1001, 4001, 10_001).Ack(2001, 4001, 10_001);
        Assert.Equal("R1:1001 R1001:2001 R2001:3001 R3001:4001 10001:11001 11001:12001 R11001:12001", trace.Sent);

        // What lies below the highest that arrived and is not lost by the count: 7001.
        trace = Flight(10_000);
        trace.Ack(1, 8001, 9001, 1001, 7001).Wait(50).Ack(7001, 8001, 9001);
        Assert.Equal("R1:1001 R7001:8001 R9001:10001", trace.Sent);
    }

    [Fact]
    [Requirement("6675-3")]
    public void When_nothing_is_lost_and_nothing_new_the_last_segment_in_flight_is_sent_again_once()
    {
        RecoveryTrace trace = Flight(10_000);
        trace.Ack(1, 1001, 8001).Wait(50).Ack(8001);
        Assert.Equal("R1:1001 R9001:10001", trace.Sent);
        Assert.Equal(RecoveryPhase.Recovery, trace.Status.Phase);
        trace.Wait(10).Ack(8001);
        Assert.Equal("", trace.Sent);
    }

    [Fact]
    [Requirement("6675-5")]
    public void Recovery_ends_when_everything_is_acknowledged_that_was_in_flight_at_its_begin()
    {
        RecoveryTrace trace = Flight();
        trace.Ack(1, 1001, 4001).Write(5000).Wait(50).Ack(9001);
        Assert.Equal(RecoveryPhase.Recovery, trace.Status.Phase);
        trace.Ack(10_001);
        Assert.Equal((RecoveryPhase.Open, 5), (trace.Status.Phase, trace.Status.CongestionWindow));
    }

    [Fact]
    [Requirement("2018-5")]
    public void What_was_told_to_have_arrived_is_kept_and_sent_again_when_it_turns_out_not_to_be_there()
    {
        RecoveryTrace trace = Flight(4000);
        trace.Ack(1, 1001, 4001).Wait(50).Ack(1001);
        _ = trace.Sent;
        trace.Wait(5000);
        Assert.StartsWith("R1001:2001", trace.Sent, StringComparison.Ordinal);
        trace.Ack(2001);
        Assert.Contains("R2001:3001", trace.Sent, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("6937-1")]
    public void While_the_pipe_is_above_the_threshold_half_of_what_arrives_may_leave()
    {
        var rate = default(RateReduction);
        rate.Start(10_000);
        int pipe = 10_000, sent = 0;
        for (int i = 1; i <= 10; i++)
        {
            pipe -= 1000;
            int leaves = Math.Max(rate.Window(pipe, 5000, 1000, isGood: false, segmentSize: 1000) - pipe, 0);
            rate.OnSent(leaves);
            (pipe, sent) = (pipe + leaves, sent + leaves);
            Assert.InRange(sent, (i * 500) - 1000, (i * 500) + 1000);
        }

        Assert.Equal(5000, pipe);
    }

    [Fact]
    [Requirement("6937-1")]
    public void Below_the_threshold_it_is_filled_up_by_no_more_than_arrives_and_one_segment()
    {
        var rate = default(RateReduction);
        rate.Start(10_000);
        rate.OnSent(1000);
        Assert.Equal(3000, rate.Window(2000, 5000, 1000, isGood: false, segmentSize: 1000));
        Assert.Equal(5000, rate.Window(4000, 5000, 1000, isGood: true, segmentSize: 1000));
    }

    private static RecoveryTrace Flight(int octets = 10_000)
    {
        RecoveryTrace trace = new RecoveryTrace(ByNumbers).Write(octets).Wait(100);
        _ = trace.Sent;
        return trace;
    }
}
