using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>CUBIC (RFC 9438) and HyStart++ (RFC 9406).</summary>
public sealed class CubicTests
{
    private const int Segment = 1000;

    [Fact]
    [Requirement("9438-1", "9438-2", "9438-4", "9438-5", "MAY-18")]
    public void The_window_follows_the_cubic_function_from_seven_tenths_of_where_it_was_or_Reno_where_that_is_more()
    {
        var path = new Path(segments: 100, rtt: 0.1);
        path.Reduce();
        Assert.Equal(70, path.Segments);
        double k = Math.Cbrt(30 / 0.4), alpha = 3 * (1 - 0.7) / (1 + 0.7), slow = 30 / (10 * alpha);
        for (int second = 1; second <= 8; second++)
        {
            path.Run(1);
            double reno = second < slow ? 70 + (second * 10 * alpha) : 100 + ((second - slow) * 10);
            double expected = Math.Max(reno, 100 + (0.4 * Math.Pow(second - k, 3)));
            Assert.InRange(path.Segments, expected - 2, expected + 2);
        }
    }

    [Fact]
    [Requirement("9438-5")]
    public void Two_segments_are_the_least()
    {
        var path = new Path(segments: 2, rtt: 0.1);
        path.Reduce();
        Assert.Equal(2, path.Segments);
    }

    [Fact]
    [Requirement("9438-3")]
    public void In_one_round_trip_it_grows_by_no_more_than_half()
    {
        var path = new Path(segments: 100, rtt: 0.1);
        path.Reduce();
        path.Run(0.2);
        double before = path.Segments;
        path.Now += TimeSpan.FromSeconds(1000);
        path.Deliver((int)before);
        Assert.InRange(path.Segments, before * 1.4, (before * 1.5) + 1);
    }

    [Fact]
    [Requirement("9438-4")]
    public void On_a_short_path_it_is_no_slower_than_Reno_would_be()
    {
        var path = new Path(segments: 20, rtt: 0.01);
        path.Reduce();
        double start = path.Segments;
        path.Run(0.2);

        // Up to the last maximum 3 (1 - 0.7) / (1 + 0.7) segments in a round trip, then one. The cubic part alone gives nothing in that time.
        double rounds = 20 - ((20 - start) / (0.9 / 1.7));
        Assert.InRange(path.Segments, 20 + rounds - 3, 20 + rounds + 3);
    }

    [Fact]
    [Requirement("9438-6")]
    public void A_second_reduction_before_the_old_maximum_makes_room_for_others()
    {
        var path = new Path(segments: 100, rtt: 0.5);
        path.Reduce();
        path.Reduce();
        Assert.Equal(49, path.Segments);
        double maximum = 70 * (1 + 0.7) / 2, k = Math.Cbrt((maximum - 49) / 0.4);
        path.Run(k);
        Assert.InRange(path.Segments, maximum - 2, maximum + 2);
    }

    [Fact]
    [Requirement("9438-7")]
    public void A_reduction_that_was_for_nothing_is_taken_back()
    {
        RecoveryTrace trace = new RecoveryTrace().Write(10_000).Wait(100);
        trace.Ack(1, 1001, 2001).Ack(1, 1001, 3001).Ack(1, 1001, 4001);
        Assert.Equal(7, trace.Status.SlowStartThreshold);
        trace.Wait(10).Ack(4001).Wait(90).Ack(4001, 1, 1001);
        Assert.Equal((10, int.MaxValue), (trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));
    }

    [Fact]
    [Requirement("9438-7")]
    public void What_it_remembers_of_it_is_taken_back_too()
    {
        var path = new Path(segments: 100, rtt: 0.1);
        path.Reduce();
        path.Undo(segments: 100);
        path.Run(1);
        Assert.True(path.Segments > 120, $"{path.Segments}");    // As if no loss had been: not flat around 100.
    }

    [Fact]
    [Requirement("9438-8")]
    public void Idle_time_is_not_time_in_which_it_grows()
    {
        var busy = new Path(segments: 100, rtt: 0.1);
        busy.Reduce();
        busy.Run(2);
        var idle = new Path(segments: 100, rtt: 0.1);
        idle.Reduce();
        idle.Run(1);
        idle.Idle(1000);
        idle.Run(1);
        Assert.InRange(idle.Segments, busy.Segments - 1, busy.Segments + 1);
    }

    [Fact]
    [Requirement("9438-8")]
    public void A_window_that_is_not_used_does_not_grow()
    {
        var trace = new RecoveryTrace();
        for (int i = 1; i <= 40; i++)
        {
            trace.Write(1000).Wait(50).Ack(1 + (1000 * i));
        }

        Assert.Equal(10, trace.Status.CongestionWindow);
    }

    [Fact]
    [Requirement("9406-1")]
    public void Longer_round_trips_slow_slow_start_down_and_after_five_rounds_it_is_over()
    {
        RecoveryTrace trace = new RecoveryTrace(rtt: 40).Write(2_000_000);
        int acknowledged = 1;
        Round(40);
        Round(40);
        Assert.Equal(40, trace.Status.CongestionWindow);

        // A round of the algorithm ends inside of one here: the second one at the latest is seen to be longer.
        Round(60);
        Round(60);
        Assert.Equal(1, trace.Counters[TcpCounter.TCPHystartDelayDetect]);
        int window = trace.Status.CongestionWindow;
        int rounds = 0;
        while (trace.Status.SlowStartThreshold == int.MaxValue)
        {
            Round(60);
            Assert.InRange(trace.Status.CongestionWindow, window * 1.15, window * 1.35);
            window = trace.Status.CongestionWindow;
            rounds++;
        }

        Assert.InRange(rounds, 4, 6);

        void Round(int rtt)
        {
            int flight = trace.Status.Unacknowledged;
            trace.Wait(rtt);
            for (int i = 0; i < flight; i++)
            {
                acknowledged += Segment;
                trace.Ack(acknowledged);
            }
        }
    }

    /// <summary>A path on which segments arrive evenly, and a window that is always full.</summary>
    private sealed class Path(int segments, double rtt)
    {
        private readonly CongestionControl _control = CongestionControl.Create(CongestionAlgorithm.Cubic, new());
        private CongestionWindow _window = new(segments * Segment, Segment);

        public Instant Now { get; set; } = new(1_000_000_000);

        public double Segments => (double)_window.Octets / Segment;

        public void Reduce()
        {
            _window.Octets = _window.Threshold = _control.Reduce(in _window, _window.Octets);
            _window.ForgetCredit();
        }

        public void Undo(int segments)
        {
            _window.Octets = segments * Segment;
            _control.OnUndo();
        }

        public void Run(double seconds)
        {
            Instant end = Now + TimeSpan.FromSeconds(seconds);
            while (Now < end)
            {
                Now += TimeSpan.FromSeconds(rtt / Segments);
                _control.OnDelivered(ref _window, Segment, (int)(rtt * 1e6), Now);
            }
        }

        /// <summary>At once.</summary>
        public void Deliver(int segments)
        {
            for (int i = 0; i < segments; i++)
            {
                _control.OnDelivered(ref _window, Segment, (int)(rtt * 1e6), Now);
            }
        }

        public void Idle(double seconds)
        {
            Now += TimeSpan.FromSeconds(seconds);
            _control.OnIdleEnded((long)(seconds * 1e9));
        }
    }
}
