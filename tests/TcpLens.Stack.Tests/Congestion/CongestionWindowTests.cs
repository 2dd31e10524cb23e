namespace TcpLens.Stack.Tests;

public sealed class CongestionWindowTests
{
    [Theory]
    [InlineData(536, 5360)]
    [InlineData(1460, 14_600)]
    [InlineData(1480, 14_600)]
    [InlineData(8960, 17_920)]
    public void The_first_flight_is_ten_segments_unless_they_are_large(int segmentSize, int octets)
        => Assert.Equal(octets, CongestionWindow.Initial(10, segmentSize));

    [Fact]
    public void A_window_that_is_not_used_does_not_grow()
    {
        var trace = new RecoveryTrace(burst: 9000).Write(9000).Wait(105);
        foreach ((int ack, int window) in new[] { (2001, 12), (4001, 14), (6001, 16), (8001, 18), (9001, 18) })
        {
            trace.Ack(ack);
            Assert.Equal(window, trace.Status.CongestionWindow);
        }

        trace.Write(1000).Wait(100).Ack(10001);
        Assert.Equal(18, trace.Status.CongestionWindow);
    }

    [Fact]
    public void After_a_silence_it_is_halved_for_each_timeout_down_to_the_first_flight()
    {
        var trace = new RecoveryTrace(burst: 26_000).Write(26_000).Wait(100).Ack(10001).Wait(100).Ack(26001);
        Assert.Equal(36, trace.Status.CongestionWindow);
        trace.Wait(400).Write(1000);
        Assert.Equal((18, int.MaxValue), (trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));
        trace.Wait(100).Ack(27001).Wait(2000).Write(1000);
        Assert.Equal(10, trace.Status.CongestionWindow);
    }

    [Fact]
    public void A_smaller_path_sends_what_does_not_fit_again_and_is_no_congestion()
    {
        var trace = new RecoveryTrace(burst: 2000).Write(10_000);
        _ = trace.Sent;
        trace.Recovery.OnSegmentSize(500, trace.Now);
        trace.Wait(0).Ack(1);
        Assert.Equal((RecoveryPhase.Loss, 10, int.MaxValue, 0), (trace.Status.Phase, trace.Status.CongestionWindow, trace.Status.SlowStartThreshold, trace.Recovery.Timeouts));
        Assert.Equal("R1:2001 R2001:4001 R4001:5001", trace.Sent);
    }

    [Fact]
    public void Congestion_that_is_reported_costs_one_reduction_in_a_window()
    {
        var trace = new RecoveryTrace().Write(10_000).Wait(100);
        for (int i = 1; i <= 10; i++)
        {
            trace.Ack(new AckFacts { ReportsCongestion = true }, 1 + (1000 * i));
        }

        Assert.Equal((RecoveryPhase.WindowReduced, 7), (trace.Status.Phase, trace.Status.SlowStartThreshold));
        Assert.True(trace.Recovery.TakeWindowReduced());
        Assert.False(trace.Recovery.TakeWindowReduced());
        trace.Write(1000).Wait(100).Ack(11001);
        Assert.Equal((RecoveryPhase.Open, 7, 0), (trace.Status.Phase, trace.Status.CongestionWindow, trace.Status.TotalRetransmissions));
        Assert.Equal(10, trace.Status.DeliveredWithCongestionMark);
    }
}
