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
}
