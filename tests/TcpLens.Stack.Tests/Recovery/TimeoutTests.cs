namespace TcpLens.Stack.Tests;

public sealed class TimeoutTests
{
    [Fact]
    public void A_lone_segment_is_probed_once_and_then_sent_again_by_the_timer_with_doubling()
    {
        var trace = new RecoveryTrace().Write(1000);
        Assert.Equal("1:1001", trace.Sent);

        // RTO 300 ms: 100 + max(200, 4 × 50). The probe would come after 2 × 100 + 200 ms, so it takes the timer's place.
        trace.Wait(299);
        Assert.Equal("", trace.Sent);
        trace.Wait(2);
        Assert.Equal("R1:1001", trace.Sent);
        Assert.Equal(1, trace.Counters[TcpCounter.TCPLossProbes]);
        Assert.Equal(0, trace.Recovery.Timeouts);

        trace.Wait(299);
        Assert.Equal("R1:1001", trace.Sent);
        Assert.Equal((1, RecoveryPhase.Loss, 1), (trace.Recovery.Timeouts, trace.Status.Phase, trace.Status.CongestionWindow));
        trace.Wait(598);
        Assert.Equal("", trace.Sent);
        trace.Wait(3);
        Assert.Equal("R1:1001", trace.Sent);
        Assert.Equal((2, 2), (trace.Recovery.Timeouts, trace.Status.Backoff));
        Assert.Equal(1.2, trace.Recovery.Rto.TotalSeconds, 3);
    }

    [Fact]
    public void After_a_timeout_slow_start_goes_to_seven_tenths_of_the_window_and_then_slowly()
    {
        var trace = new RecoveryTrace(burst: 2000).Write(1000).Wait(100).Ack(1001);
        Assert.Equal(10, trace.Status.CongestionWindow);
        trace.Write(1000).Wait(1000);
        Assert.Equal("1:1001 1001:2001 R1001:2001 R1001:2001", trace.Sent);
        trace.Ack(2001);
        Assert.Equal((2, 7), (trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));

        trace.Write(200_000);
        Assert.Equal("2001:4001", trace.Sent);
        for (int i = 1; i <= 5; i++)
        {
            trace.Wait(i % 2 == 1 ? 98 : 2).Ack(2001 + (1000 * i));
            Assert.Equal(2 + i, trace.Status.CongestionWindow);
        }

        for (int i = 6; i <= 14; i++)
        {
            trace.Wait(i % 2 == 1 ? 98 : 2).Ack(2001 + (1000 * i));
        }

        Assert.Equal(7, trace.Status.CongestionWindow);
        for (int i = 15; i <= 22; i++)
        {
            trace.Wait(i % 7 == 1 ? 98 : 2).Ack(2001 + (1000 * i));
        }

        Assert.Equal(8, trace.Status.CongestionWindow);
    }

    [Fact]
    public void What_was_sent_again_by_the_timer_is_clocked_out_by_slow_start()
    {
        var trace = new RecoveryTrace(hasSack: false).Write(6000).Wait(300);
        Assert.Equal("1:1001 1001:2001 2001:3001 3001:4001 4001:5001 5001:6001 R1:1001", trace.Sent);
        trace.Wait(100).Ack(1001);
        Assert.Equal("R1001:2001 R2001:3001", trace.Sent);
        trace.Wait(100).Ack(3001);
        Assert.Equal("R3001:4001 R4001:5001 R5001:6001", trace.Sent);
        trace.Wait(100).Ack(6001);
        Assert.Equal((RecoveryPhase.Loss, 0), (trace.Status.Phase, trace.Status.Unacknowledged));
        trace.Write(1000).Wait(100).Ack(7001);
        Assert.Equal(RecoveryPhase.Open, trace.Status.Phase);
        Assert.Equal(6, trace.Status.TotalRetransmissions);
        Assert.Equal(5, trace.Counters[TcpCounter.TCPSlowStartRetrans]);
    }
}
