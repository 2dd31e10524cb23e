namespace TcpLens.Stack.Tests;

/// <summary>RFC 6675, for those who do not want time to decide.</summary>
public sealed class SackLossesTests
{
    private static readonly TcpSettings ByNumbers = TcpSettings.Default with { Rack = false };

    [Fact]
    public void Three_ranges_above_it_make_a_segment_lost_and_two_do_not()
    {
        var trace = new RecoveryTrace(ByNumbers).Write(10_000).Wait(100);
        _ = trace.Sent;
        trace.Ack(1, 1001, 2001).Ack(1, 3001, 4001, 1001, 2001);
        Assert.Equal("", trace.Sent);
        trace.Ack(1, 5001, 6001, 3001, 4001, 1001, 2001);
        Assert.Equal("R1:1001", trace.Sent);
        Assert.Equal((RecoveryPhase.Recovery, 1), (trace.Status.Phase, trace.Status.Lost));
    }

    [Fact]
    public void With_nothing_new_to_send_what_is_not_lost_yet_goes_again_and_then_the_last_segment_once()
    {
        var trace = new RecoveryTrace(ByNumbers).Write(6000).Wait(100);
        _ = trace.Sent;
        trace.Ack(1, 1001, 2001).Ack(1, 3001, 4001, 1001, 2001).Ack(1, 3001, 5001, 1001, 2001);
        Assert.Equal("R1:1001", trace.Sent);
        trace.Wait(50).Ack(1001, 3001, 5001, 1001, 2001).Ack(2001, 3001, 5001);
        Assert.Equal("R2001:3001 R5001:6001", trace.Sent);
        trace.Wait(10).Ack(2001, 3001, 5001);
        Assert.Equal("", trace.Sent);
    }

    [Fact]
    public void What_was_sent_again_and_lost_again_is_left_to_the_timer()
    {
        var trace = new RecoveryTrace(ByNumbers).Write(10_000).Wait(100).Ack(1, 1001, 4001);
        _ = trace.Sent;
        trace.Wait(100).Ack(1, 1001, 10_001).Wait(150);
        Assert.Equal("", trace.Sent);
        trace.Wait(60);
        Assert.Equal("R1:1001", trace.Sent);
        Assert.Equal(1, trace.Counters[TcpCounter.TCPTimeouts]);
    }
}
