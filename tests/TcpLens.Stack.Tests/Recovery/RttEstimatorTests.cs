using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

public sealed class RttEstimatorTests
{
    private static readonly TcpSettings Fast = TcpSettings.Default with { MinimumRto = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public void The_first_round_trip_is_the_mean_and_half_of_it_the_variation()
    {
        var rtt = new RttEstimator(Fast);
        Assert.Equal(1_000_000, rtt.Rto);
        rtt.OnSample(100_000, 1);
        Assert.Equal((100_000, 50_000, 300_000), (rtt.Smoothed, rtt.Variation, rtt.Rto));
    }

    [Fact]
    public void Further_ones_weigh_an_eighth_and_a_quarter()
    {
        var rtt = new RttEstimator(Fast);
        rtt.OnSample(100_000, 1);
        rtt.OnSample(180_000, 1);
        Assert.Equal((110_000, 57_500, 340_000), (rtt.Smoothed, rtt.Variation, rtt.Rto));
    }

    [Fact]
    public void Many_in_one_round_trip_weigh_about_as_much_as_one()
    {
        RttEstimator one = new(Fast), many = new(Fast);
        one.OnSample(100_000, 1);
        many.OnSample(100_000, 1);
        one.OnSample(180_000, 1);
        for (int i = 0; i < 20; i++)
        {
            many.OnSample(180_000, 20);
        }

        Assert.InRange(many.Smoothed, one.Smoothed - 1000, one.Smoothed);
    }

    [Fact]
    public void The_timeout_has_a_floor_a_ceiling_and_doubles_between_them()
    {
        var rtt = new RttEstimator(TcpSettings.Default with { MaximumRto = TimeSpan.FromSeconds(60) });
        for (int i = 0; i < 100; i++)
        {
            rtt.OnSample(10_000, 1);
        }

        Assert.Equal(210_000, rtt.Rto);
        rtt.BackOff();
        Assert.Equal((420_000, 1), (rtt.Rto, rtt.Backoff));
        for (int i = 0; i < 20; i++)
        {
            rtt.BackOff();
        }

        Assert.Equal((60_000_000, 21), (rtt.Rto, rtt.Backoff));
        rtt.OnSample(10_000, 1);
        Assert.Equal((210_000, 0), (rtt.Rto, rtt.Backoff));
    }

    [Fact]
    public void A_syn_that_timed_out_leaves_three_seconds_until_something_is_measured()
    {
        var rtt = new RttEstimator(TcpSettings.Default);
        rtt.BackOff();
        rtt.OnSynLost();
        Assert.Equal(3_000_000, rtt.Rto);
        rtt.OnSample(50_000, 1);
        Assert.Equal(250_000, rtt.Rto);
    }

    [Fact]
    public void The_smallest_round_trip_is_forgotten_after_ten_minutes_at_the_latest()
    {
        var minimum = new MinimumRtt();
        var now = new Instant(0);
        minimum.Take(20, now);
        minimum.Take(50, now + TimeSpan.FromMinutes(4));
        Assert.Equal(20, minimum.Value);
        minimum.Take(50, now + TimeSpan.FromMinutes(6));
        Assert.Equal(20, minimum.Value);
        minimum.Take(50, now + TimeSpan.FromMinutes(12));
        Assert.Equal(50, minimum.Value);
    }
}
