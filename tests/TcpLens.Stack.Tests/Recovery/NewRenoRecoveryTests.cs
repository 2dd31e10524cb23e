using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

public sealed class NewRenoRecoveryTests
{
    private static readonly TcpSettings Reno = TcpSettings.Default with { Congestion = CongestionAlgorithm.NewReno };

    [Fact]
    public void Without_sack_two_duplicates_let_one_new_segment_out_each()
    {
        var trace = new RecoveryTrace(Reno, hasSack: false).Write(15_000);
        _ = trace.Sent;
        trace.Wait(110).Ack(1);
        Assert.Equal("10001:11001", trace.Sent);
        trace.Wait(10).Ack(1);
        Assert.Equal("11001:12001", trace.Sent);
        trace.Wait(10).Ack(3001);
        Assert.Equal((RecoveryPhase.Open, 0), (trace.Status.Phase, trace.Status.TotalRetransmissions));
    }

    [Fact]
    public void Each_partial_acknowledgment_sends_the_next_hole_again()
    {
        var trace = new RecoveryTrace(Reno, hasSack: false).Write(10_000);
        _ = trace.Sent;
        trace.Wait(100).Ack(1).Ack(1).Ack(1);
        Assert.Equal("R1:1001", trace.Sent);
        Assert.Equal((RecoveryPhase.Recovery, 5), (trace.Status.Phase, trace.Status.SlowStartThreshold));
        trace.Ack(1).Ack(1).Ack(1).Ack(1).Ack(1);
        Assert.Equal("", trace.Sent);
        trace.Wait(100).Ack(3001);
        Assert.Equal("R3001:4001", trace.Sent);
        trace.Wait(100).Ack(10001);
        Assert.Equal(RecoveryPhase.Recovery, trace.Status.Phase);
        trace.Write(2000).Wait(100).Ack(12001);
        Assert.Equal((RecoveryPhase.Open, 5), (trace.Status.Phase, trace.Status.CongestionWindow));
        Assert.Equal(1, trace.Counters[TcpCounter.TCPRenoRecovery]);
    }

    [Fact]
    public void Blocks_that_were_not_agreed_on_mean_nothing()
    {
        var trace = new RecoveryTrace(Reno, hasSack: false).Write(10_000).Wait(100).Ack(1, 1001, 10_001);
        Assert.Equal((1, 0), (trace.Status.Sacked, trace.Status.Lost));
        Assert.DoesNotContain("R", trace.Sent, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("5681-7")]
    public void While_nothing_is_in_flight_no_ACK_is_a_duplicate()
    {
        var trace = new RecoveryTrace(Reno, hasSack: false).Ack(1).Ack(1).Ack(1).Write(5000).Wait(50).Ack(1);
        Assert.DoesNotContain("R", trace.Sent, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("6582-5")]
    public void Duplicates_before_the_point_of_a_timeout_start_nothing_beyond_it()
    {
        var trace = new RecoveryTrace(Reno, hasSack: false).Write(4000).Wait(300).Write(10_000).Wait(10).Ack(1001);
        Assert.EndsWith("R1:1001 4001:5001 5001:6001", trace.Sent, StringComparison.Ordinal);
        trace.Ack(1001).Ack(1001).Ack(1001).Wait(10).Ack(4001);
        Assert.DoesNotContain("R4001", trace.Sent, StringComparison.Ordinal);
    }
}
