using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Slow start, avoidance, and what counts as a sign of congestion (RFC 5681, RFC 3042, RFC 6928).</summary>
public sealed class CongestionControlTests
{
    private static readonly TcpSettings Reno = TcpSettings.Default with { Congestion = CongestionAlgorithm.NewReno, Rack = false };

    [Theory]
    [InlineData(1460, 10)]
    [InlineData(536, 10)]
    [InlineData(4000, 3)]
    [InlineData(8940, 2)]
    [Requirement("5681-2")]
    public void The_first_window_is_ten_segments_or_what_ten_usual_ones_would_be(int size, int segments)
    {
        Peer peer = Peer.Established(options: Peer.Mss((ushort)size), start: new() { LinkSegmentSize = 8940 });
        peer.Send(60_000);
        Assert.Equal(segments, peer.Left.Count);
    }

    [Fact]
    [Requirement("5681-2")]
    public void After_a_lost_SYN_it_is_one()
    {
        Peer peer = Peer.Connecting();
        peer.Pass(1);
        peer.Give(ControlBits.Syn | ControlBits.Ack, options: Peer.Mss());
        Assert.Equal("ACK 1+1460 ack 1", peer.Send(60_000));
    }

    [Fact]
    [Requirement("5681-3", "5681-4", "MUST-19")]
    public void Slow_start_has_no_threshold_and_grows_by_what_is_acknowledged()
    {
        RecoveryTrace trace = new RecoveryTrace(Reno).Write(1_000_000);
        Assert.Equal((10, int.MaxValue), (trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));
        trace.Wait(100).Ack(1001);
        Assert.Equal(11, trace.Status.CongestionWindow);
        trace.Ack(1501);
        Assert.Equal(11, trace.Status.CongestionWindow);
        trace.Ack(2001);
        Assert.Equal(12, trace.Status.CongestionWindow);
        for (int i = 3; i <= 10; i++)
        {
            trace.Ack(1 + (1000 * i));
        }

        Assert.Equal(20, trace.Status.CongestionWindow);
    }

    [Fact]
    [Requirement("5681-5", "MUST-19", "MAY-18")]
    public void Avoidance_grows_by_one_segment_in_a_round_trip()
    {
        RecoveryTrace trace = new RecoveryTrace(Reno).Write(1_000_000);
        trace.Wait(100).Ack(1, 1001, 4001).Wait(100).Ack(10_001);
        Assert.Equal((RecoveryPhase.Open, 5), (trace.Status.Phase, trace.Status.SlowStartThreshold));
        int acknowledged = 10_001, first = trace.Status.CongestionWindow;
        for (int round = 1; round <= 10; round++)
        {
            int flight = trace.Status.Unacknowledged;
            trace.Wait(100);
            for (int i = 0; i < flight; i++)
            {
                acknowledged += 1000;
                trace.Ack(acknowledged);
            }

            Assert.InRange(trace.Status.CongestionWindow, first + round - 1, first + round + 1);
        }
    }

    [Fact]
    [Requirement("5681-6")]
    public void A_timeout_halves_the_threshold_once_and_leaves_one_segment()
    {
        RecoveryTrace trace = new RecoveryTrace(Reno).Write(10_000).Wait(301);
        Assert.Equal((1, 5), (trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));
        trace.Wait(600).Wait(1200);
        Assert.Equal((3, 1, 5), (trace.Recovery.Timeouts, trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));

        trace = new RecoveryTrace(Reno).Write(1000).Wait(301);
        Assert.Equal(2, trace.Status.SlowStartThreshold);
    }

    [Fact]
    [Requirement("5681-7", "5681-9")]
    public void A_duplicate_ACK_has_the_number_and_the_window_of_the_last_one_and_no_data()
    {
        Peer windows = Flight();
        Peer data = Flight();
        Peer duplicates = Flight();
        for (int i = 0; i < 5; i++)
        {
            windows.Give(ControlBits.Ack, ack: 1, window: (ushort)(60_000 - i));
            Assert.DoesNotContain(windows.Left, Again);
            data.Give(ControlBits.Ack, ack: 1, length: 10);
            Assert.DoesNotContain(data.Left, Again);
        }

        duplicates.Give(ControlBits.Ack, ack: 1);
        duplicates.Give(ControlBits.Ack, ack: 1);
        Assert.DoesNotContain(duplicates.Left, Again);
        duplicates.Give(ControlBits.Ack, ack: 1);
        Assert.Contains(duplicates.Left, Again);
        Assert.Equal(5, duplicates.Subject.Status.SlowStartThreshold);

        static bool Again(SentCopy segment) => segment.Sequence == First;
    }

    [Fact]
    [Requirement("5681-8", "3042-1")]
    public void The_first_two_duplicates_let_one_new_segment_out_each_where_the_window_has_room()
    {
        Peer peer = Flight();
        Assert.Equal("ACK 14601+1460 ack 1", peer.Give(ControlBits.Ack, ack: 1));
        Assert.Equal("ACK 16061+1460 ack 1", peer.Give(ControlBits.Ack, ack: 1));
        Assert.Equal(10, peer.Subject.Status.CongestionWindow);
        Assert.StartsWith("ACK 1+1460 ack 1", peer.Give(ControlBits.Ack, ack: 1), StringComparison.Ordinal);

        peer = Flight(window: 14_600);
        Assert.Equal("", peer.Give(ControlBits.Ack, ack: 1, window: 14_600));
    }

    [Fact]
    [Requirement("5681-10")]
    public void After_a_silence_longer_than_the_timeout_the_window_is_the_first_one_again()
    {
        RecoveryTrace trace = new RecoveryTrace(Reno).Write(30_000);
        for (int i = 1; i <= 30; i++)
        {
            trace.Wait(10).Ack(1 + (1000 * i));
        }

        int grown = trace.Status.CongestionWindow;
        Assert.True(grown >= 20);
        _ = trace.Sent;
        trace.Wait(10_000).Write(60_000);
        Assert.Equal(10, trace.Sent.Split(' ').Length);
    }

    private static readonly SeqNum First = Peer.Ours(1);

    /// <summary>Ten segments in flight, and more behind them; without SACK.</summary>
    private static Peer Flight(ushort window = ushort.MaxValue)
    {
        Peer peer = Peer.Established(Reno, window: window);
        peer.Send(60_000);
        Assert.Equal(10, peer.Left.Count);
        return peer;
    }

    [Fact]
    public void A_window_that_a_program_does_not_use_for_a_timeout_is_forgotten_by_half_of_what_is_unused()
    {
        Peer peer = Peer.Established();
        peer.Set(static options => options with { NoDelay = true });
        peer.Send(10 * 1460);
        peer.Give(ControlBits.Ack);
        Assert.Equal(20, peer.Subject.Status.CongestionWindow);
        for (int i = 0; i < 10; i++)
        {
            peer.Pass(0.15);
            peer.Send(100);
            peer.Give(ControlBits.Ack);
        }

        Assert.InRange(peer.Subject.Status.CongestionWindow, 10, 15);
    }
}
