using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

public sealed class CubicWindowTests
{
    private const int Segment = 1000;

    /// <summary>RFC 9438 equation 1: W(t) = C × (t − K)³ + Wmax, with K the cube root of (Wmax − cwnd) / C.</summary>
    [Fact]
    public void Long_after_a_loss_the_window_follows_the_cubic_function()
    {
        var cubic = new Cubic(new());
        CongestionWindow window = Used(1000);
        window.Octets = window.Threshold = cubic.Reduce(in window, window.Octets);
        Assert.Equal(700, window.Octets / Segment);
        double k = Math.Cbrt(300 / 0.4);
        var start = new Instant(1_000_000_000);
        Instant now = start;
        for (int step = 0; step < 200; step++)
        {
            now += TimeSpan.FromMilliseconds(100);
            for (int arrived = 0; arrived < window.Octets; arrived += 10 * Segment)
            {
                cubic.OnDelivered(ref window, 10 * Segment, 100_000, now);
            }

            double elapsed = (now - start).TotalSeconds;
            double expected = (0.4 * Math.Pow(elapsed - k, 3)) + 1000;
            Assert.InRange(window.Octets / Segment, expected * 0.97, (expected * 1.03) + 2);
        }
    }

    [Fact]
    public void On_short_paths_it_is_no_slower_than_reno()
    {
        var cubic = new Cubic(new());
        CongestionWindow window = Used(20);
        window.Octets = window.Threshold = cubic.Reduce(in window, window.Octets);
        var now = new Instant(1_000_000_000);
        for (int round = 0; round < 100; round++)
        {
            now += TimeSpan.FromMilliseconds(1);
            cubic.OnDelivered(ref window, window.Octets, 1000, now);
        }

        // 0.53 segments in each round trip up to where the loss was, one from there on.
        Assert.InRange(window.Octets / Segment, 50, 110);
    }

    [Fact]
    public void A_window_that_shrinks_twice_in_a_row_makes_room_and_an_undo_takes_that_back()
    {
        var cubic = new Cubic(new());
        CongestionWindow window = Used(100);
        window.Octets = cubic.Reduce(in window, window.Octets);
        Assert.Equal(70, window.Octets / Segment);
        window.Octets = cubic.Reduce(in window, window.Octets);
        Assert.Equal(49, window.Octets / Segment);
        window = Used(2);
        Assert.Equal(2, cubic.Reduce(in window, window.Octets) / Segment);
    }

    private static CongestionWindow Used(int segments)
    {
        var window = new CongestionWindow(segments * Segment, Segment) { Threshold = 2 * Segment };
        window.OnSent(window.Octets, window.Octets, new(0), new(1), new(1));
        return window;
    }
}
