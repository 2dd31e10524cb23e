using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>RFC 9406, round by round.</summary>
public sealed class HyStartTests
{
    private readonly TcpCounters _counters = new();
    private HyStart _hyStart;
    private CongestionWindow _window = new(100_000, 1000);
    private SeqNum _next = new(uint.MaxValue - 5000);

    [Fact]
    public void Longer_round_trips_make_slow_start_conservative_and_five_rounds_end_it()
    {
        Round(100_000);
        Round(100_000);
        Assert.False(_hyStart.IsConservative);
        Round(113_000);
        Assert.True(_hyStart.IsConservative);
        Assert.Equal(1, _counters[TcpCounter.TCPHystartDelayDetect]);
        for (int i = 0; i < 4; i++)
        {
            Round(120_000);
            Assert.True(_window.IsInSlowStart);
        }

        Round(120_000);
        Assert.False(_window.IsInSlowStart);
        Assert.Equal(100_000, _window.Threshold);
    }

    [Theory]
    [InlineData(10_000, 3_900, false)]
    [InlineData(10_000, 4_000, true)]
    [InlineData(400_000, 15_900, false)]
    [InlineData(400_000, 16_000, true)]
    [Requirement("9406-1")]
    public void Of_a_short_round_trip_four_milliseconds_count_and_of_a_long_one_sixteen(int rtt, int more, bool counts)
    {
        Round(rtt);
        Round(rtt);
        Round(rtt + more);
        Assert.Equal(counts, _hyStart.IsConservative);
    }

    [Fact]
    public void A_delay_that_passes_lets_slow_start_go_on()
    {
        Round(100_000);
        Round(115_000);
        Assert.True(_hyStart.IsConservative);
        Round(105_000);
        Assert.False(_hyStart.IsConservative);
        Assert.True(_window.IsInSlowStart);
    }

    [Fact]
    public void Few_samples_prove_nothing()
    {
        Round(100_000);
        Round(200_000, samples: 7);
        Assert.False(_hyStart.IsConservative);
    }

    private void Round(int rtt, int samples = 10)
    {
        SeqNum unacknowledged = _next;
        _next += 50_000;
        for (int i = 0; i < samples; i++)
        {
            _hyStart.OnRtt(ref _window, rtt + i, unacknowledged, _next, _counters);
        }
    }
}
