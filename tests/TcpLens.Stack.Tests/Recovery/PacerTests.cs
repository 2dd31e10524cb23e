namespace TcpLens.Stack.Tests;

public sealed class PacerTests
{
    [Fact]
    public void A_flight_is_spread_over_half_the_round_trip_while_the_window_doubles()
    {
        var trace = new RecoveryTrace(TcpSettings.Default with { Pacing = true }, burst: 2000).Write(10_000).Wait(100).Ack(10_001);
        _ = trace.Sent;
        trace.Write(20_000);
        Assert.Equal("10001:12001", trace.Sent);

        // Twice 20 segments in 100 ms: two of them every 5 ms.
        trace.Wait(4.9);
        Assert.Equal("", trace.Sent);
        trace.Wait(0.2);
        Assert.Equal("12001:14001", trace.Sent);
        trace.Wait(40);
        Assert.Equal(20, trace.Status.Unacknowledged);
    }

    [Fact]
    public void Without_it_the_whole_window_leaves_at_once()
    {
        var trace = new RecoveryTrace(burst: 2000).Write(10_000).Wait(100).Ack(10_001).Write(20_000);
        Assert.Equal(20, trace.Status.Unacknowledged);
    }
}
