namespace TcpLens.Stack.Tests;

public sealed class TailProbeTests
{
    [Fact]
    public void Two_round_trips_after_the_last_segment_it_is_sent_again()
    {
        var trace = new RecoveryTrace().Write(4000);
        _ = trace.Sent;
        trace.Wait(201);
        Assert.Equal("", trace.Sent);
        trace.Wait(1);
        Assert.Equal("R3001:4001", trace.Sent);
        Assert.Equal((RecoveryPhase.Open, 0), (trace.Status.Phase, trace.Recovery.Timeouts));
    }

    [Fact]
    public void Beside_blocks_that_are_to_be_reported_the_probe_is_shorter()
    {
        var trace = new RecoveryTrace().Write(4000);
        _ = trace.Sent;
        trace.Burst = 972;
        trace.Wait(202);
        Assert.Equal("R3029:4001", trace.Sent);
    }

    [Fact]
    public void What_was_not_sent_yet_is_the_better_probe()
    {
        var trace = new RecoveryTrace().Write(10_000).Wait(150).Write(3000);
        _ = trace.Sent;
        trace.Wait(60);
        Assert.Equal("10001:11001", trace.Sent);
        Assert.Equal((1, 0), (trace.Counters[TcpCounter.TCPLossProbes], trace.Status.TotalRetransmissions));
    }

    [Fact]
    public void The_answer_to_a_probe_tells_that_the_tail_was_lost_and_recovery_begins()
    {
        var trace = new RecoveryTrace().Write(4000).Wait(205);
        _ = trace.Sent;
        trace.Wait(100).Ack(2001, 3001, 4001);
        Assert.Equal(RecoveryPhase.Disorder, trace.Status.Phase);
        trace.Wait(30);
        Assert.Equal("R2001:3001", trace.Sent);
        Assert.Equal((RecoveryPhase.Recovery, 0), (trace.Status.Phase, trace.Counters[TcpCounter.TCPTimeouts]));
    }

    [Fact]
    public void A_probe_that_mends_a_loss_by_itself_costs_one_reduction()
    {
        var trace = new RecoveryTrace().Write(4000).Wait(205).Wait(100).Ack(4001);
        Assert.Equal(10, trace.Status.CongestionWindow);
        trace.Write(1000).Wait(100).Ack(5001);
        Assert.Equal((7, RecoveryPhase.Open), (trace.Status.CongestionWindow, trace.Status.Phase));
        Assert.Equal(1, trace.Counters[TcpCounter.TCPLossProbeRecovery]);
    }

    [Fact]
    public void A_probe_that_arrives_twice_costs_nothing()
    {
        var trace = new RecoveryTrace().Write(4000).Wait(205).Ack(4001).Wait(100).Ack(4001, 3001, 4001);
        trace.Write(1000).Wait(100).Ack(5001);
        Assert.Equal((10, RecoveryPhase.Open), (trace.Status.CongestionWindow, trace.Status.Phase));
        Assert.Equal((1, 0), (trace.Counters[TcpCounter.TCPDSACKRecv], trace.Counters[TcpCounter.TCPLossProbeRecovery]));
    }

    [Fact]
    public void There_is_none_without_sack()
    {
        var trace = new RecoveryTrace(hasSack: false).Write(4000);
        _ = trace.Sent;
        trace.Wait(299);
        Assert.Equal("", trace.Sent);
        trace.Wait(1);
        Assert.Equal("R1:1001", trace.Sent);
        Assert.Equal(1, trace.Recovery.Timeouts);
    }
}
