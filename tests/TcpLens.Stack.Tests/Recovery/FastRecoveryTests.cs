namespace TcpLens.Stack.Tests;

public sealed class FastRecoveryTests
{
    [Fact]
    public void Three_segments_that_pass_a_hole_make_it_lost_and_the_window_shrinks_by_what_arrives()
    {
        var trace = new RecoveryTrace(burst: 10_000).Write(10_000);
        Assert.Equal("1:10001", trace.Sent);

        trace.Wait(110).Ack(1, 1001, 2001).Wait(10).Ack(1, 1001, 3001);
        Assert.Equal("", trace.Sent);
        Assert.Equal(RecoveryPhase.Disorder, trace.Status.Phase);
        trace.Wait(10).Ack(1, 1001, 4001);
        Assert.Equal("R1:1001", trace.Sent);
        Assert.Equal((RecoveryPhase.Recovery, 7, 7), (trace.Status.Phase, trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));

        trace.Write(7000).Wait(10);
        Assert.Equal("", trace.Sent);
        for (int i = 0; i < 6; i++)
        {
            trace.Wait(10).Ack(1, 1001, 5001 + (1000 * i));
            Assert.Equal($"{10001 + (1000 * i)}:{11001 + (1000 * i)}", trace.Sent);
        }

        trace.Wait(20).Ack(10001);
        Assert.Equal("16001:17001", trace.Sent);
        Assert.Equal((RecoveryPhase.Open, 7, 7), (trace.Status.Phase, trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));
    }

    [Fact]
    public void Four_lost_segments_are_sent_again_one_for_each_that_arrives()
    {
        var trace = new RecoveryTrace(rtt: 10, burst: 10_000).Write(20_000);
        Assert.Equal("1:10001", trace.Sent);
        trace.Wait(10).Ack(1, 4001, 5001);
        Assert.Equal("10001:11001", trace.Sent);
        trace.Wait(2).Ack(1, 4001, 6001);
        Assert.Equal("11001:12001", trace.Sent);
        string[] expected = ["R1:1001", "R1001:2001", "R2001:3001", "R3001:4001", "12001:13001", "13001:14001"];
        for (int i = 0; i < expected.Length; i++)
        {
            trace.Wait(2).Ack(1, 4001, 7001 + (1000 * i));
            Assert.Equal(expected[i], trace.Sent);
        }

        trace.Wait(10).Ack(1001, 4001, 12001);
        Assert.Equal("14001:16001", trace.Sent);

        // The retransmission of 2001 has arrived, and that of 1001 left before it.
        trace.Wait(2).Ack(1001, 2001, 12001);
        Assert.Equal("R1001:2001 16001:17001", trace.Sent);
        Assert.Equal(1, trace.Counters[TcpCounter.TCPLostRetransmit]);
        trace.Wait(2).Ack(1001, 2001, 13001);
        Assert.Equal("17001:18001", trace.Sent);
        trace.Wait(2).Ack(1001, 2001, 14001);
        Assert.Equal("18001:19001", trace.Sent);
    }

    [Fact]
    public void When_nothing_is_left_to_send_the_window_ends_at_the_threshold_all_the_same()
    {
        var trace = new RecoveryTrace(rtt: 10, burst: 10_000).Write(10_000);
        trace.Wait(10).Ack(1, 4001, 5001).Wait(2).Ack(1, 4001, 6001);
        Assert.Equal("1:10001", trace.Sent);
        trace.Ack(1, 4001, 7001);
        Assert.Equal("R1:1001", trace.Sent);
        trace.Ack(1, 4001, 8001).Ack(1, 4001, 9001).Ack(1, 4001, 10001);
        Assert.Equal("R1001:2001 R2001:3001 R3001:4001", trace.Sent);
        trace.Wait(10).Ack(1001, 4001, 10001).Ack(2001, 4001, 10001).Ack(3001, 4001, 10001).Ack(10001);
        trace.Wait(10).Write(10_000);
        Assert.Equal("10001:17001", trace.Sent);
        Assert.Equal(4, trace.Counters[TcpCounter.TCPFastRetrans]);
        Assert.Equal(1, trace.Counters[TcpCounter.TCPSackRecovery]);
    }

    [Fact]
    public void One_segment_beyond_a_hole_makes_it_lost_after_a_quarter_of_the_round_trip()
    {
        var trace = new RecoveryTrace(burst: 4000).Write(4000).Wait(100).Ack(1, 3001, 4001);
        Assert.Equal("1:4001", trace.Sent);
        Assert.Equal(RecoveryPhase.Disorder, trace.Status.Phase);
        trace.Wait(26);
        Assert.Equal("", trace.Sent);
        trace.Wait(2);
        Assert.Equal("R1:1001", trace.Sent);
        Assert.Equal(RecoveryPhase.Recovery, trace.Status.Phase);
    }

    [Fact]
    public void Segments_that_were_only_late_are_not_sent_again()
    {
        var trace = new RecoveryTrace(burst: 4000).Write(4000).Wait(100).Ack(1, 3001, 4001).Wait(10).Ack(4001).Wait(1000);
        Assert.Equal("1:4001", trace.Sent);
        Assert.Equal((RecoveryPhase.Open, 1), (trace.Status.Phase, trace.Status.ReorderingsSeen));
        Assert.Equal(4, trace.Status.Reordering);
    }
}
