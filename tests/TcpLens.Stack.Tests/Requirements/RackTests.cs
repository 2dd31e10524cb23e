using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Loss by time, and probes of the tail (RFC 8985), and timeouts that were for nothing (RFC 5682).</summary>
public sealed class RackTests
{
    [Fact]
    [Requirement("8985-1", "8985-2")]
    public void A_retransmission_that_arrives_shows_that_one_that_left_before_it_is_lost()
    {
        RecoveryTrace trace = new RecoveryTrace(rtt: 10).Write(10_000).Wait(10);
        trace.Ack(1, 4001, 10_001);
        _ = trace.Sent;
        trace.Wait(1).Ack(1, 4001, 10_001).Wait(10);
        _ = trace.Sent;
        trace.Wait(10).Ack(1, 2001, 10_001);
        Assert.Contains("R1:1001", trace.Sent, StringComparison.Ordinal);
        Assert.True(trace.Counters[TcpCounter.TCPLostRetransmit] > 0);
    }

    [Fact]
    [Requirement("8985-2", "8985-3", "8985-4")]
    public void A_hole_that_one_segment_passed_is_lost_a_quarter_of_the_round_trip_later()
    {
        RecoveryTrace trace = new RecoveryTrace(burst: 4000).Write(4000).Wait(100).Ack(1, 3001, 4001);
        Assert.Equal("1:4001", trace.Sent);
        Assert.InRange(trace.Recovery.NextTimeout - trace.Now, TimeSpan.FromMilliseconds(25), TimeSpan.FromMilliseconds(28));
        trace.Wait(24);
        Assert.Equal("", trace.Sent);
        trace.Wait(4);
        Assert.StartsWith("R1:1001", trace.Sent, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("8985-3")]
    public void When_three_passed_it_and_nothing_was_ever_reordered_it_is_lost_at_once()
    {
        RecoveryTrace trace = new RecoveryTrace(burst: 4000).Write(4000).Wait(100).Ack(1, 1001, 4001);
        Assert.Equal("1:4001 R1:1001", trace.Sent);
    }

    [Fact]
    [Requirement("8985-3")]
    public void Once_something_was_reordered_three_that_passed_it_prove_nothing_at_once()
    {
        RecoveryTrace trace = new RecoveryTrace().Write(4000).Wait(100).Ack(1, 3001, 4001).Ack(4001).Write(4000);
        _ = trace.Sent;
        trace.Wait(100).Ack(4001, 5001, 8001);
        Assert.Equal("", trace.Sent);
        trace.Wait(28);
        Assert.StartsWith("R4001:5001", trace.Sent, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("8985-3")]
    public void Each_round_with_a_needless_retransmission_widens_the_patience_up_to_a_round_trip_for_sixteen_recoveries()
    {
        var rtt = new RttEstimator(TcpSettings.Default);
        rtt.OnMinimumSample(100_000, new(0));
        rtt.OnSample(100_000, 1);
        var rack = default(Rack);
        Assert.Equal(25_000, rack.ReorderingWindow(rtt));
        rack.OnDuplicateReported(new(1000));
        rack.OnDuplicateReported(new(1000));
        Assert.Equal(50_000, rack.ReorderingWindow(rtt));
        rack.OnAdvanced(new(1000));
        rack.OnDuplicateReported(new(1000));
        Assert.Equal(75_000, rack.ReorderingWindow(rtt));
        for (uint i = 1; i < 9; i++)
        {
            rack.OnAdvanced(new(1000 * i));
            rack.OnDuplicateReported(new(1000 * (i + 1)));
        }

        Assert.Equal(100_000, rack.ReorderingWindow(rtt));
        for (int i = 0; i < 15; i++)
        {
            rack.OnRecovered();
            Assert.Equal(100_000, rack.ReorderingWindow(rtt));
        }

        rack.OnRecovered();
        Assert.Equal(25_000, rack.ReorderingWindow(rtt));
    }

    [Fact]
    [Requirement("8985-5", "8985-6")]
    public void After_two_round_trips_of_silence_the_last_segment_is_sent_again_once()
    {
        RecoveryTrace trace = new RecoveryTrace().Write(2000);
        _ = trace.Sent;
        trace.Wait(200);
        Assert.Equal("", trace.Sent);
        trace.Wait(5);
        Assert.Equal("R1001:2001", trace.Sent);
        trace.Wait(290);
        Assert.Equal(("", 1), (trace.Sent, trace.Counters[TcpCounter.TCPLossProbes]));

        var rtt = new RttEstimator(TcpSettings.Default);
        Assert.Equal(1_000_000, TailProbe.Timeout(rtt, isLone: false));
        rtt.OnSample(100_000, 1);
        Assert.True(TailProbe.Timeout(rtt, isLone: true) >= 200_000 + 200_000);
    }

    [Fact]
    [Requirement("8985-6")]
    public void New_data_is_the_better_probe()
    {
        RecoveryTrace trace = new RecoveryTrace().Write(11_000);
        _ = trace.Sent;
        trace.Wait(205);
        Assert.Equal("10001:11001", trace.Sent);
    }

    [Fact]
    [Requirement("8985-7")]
    public void A_probe_that_mended_a_loss_reduces_the_window_and_one_that_was_a_duplicate_does_not()
    {
        RecoveryTrace mended = Probed();
        mended.Write(1000).Wait(100).Ack(3001);
        Assert.Equal((1, 7), (mended.Counters[TcpCounter.TCPLossProbeRecovery], mended.Status.SlowStartThreshold));

        RecoveryTrace duplicate = Probed();
        duplicate.Ack(2001).Write(1000).Wait(100).Ack(2001, 1001, 2001).Ack(3001);
        Assert.Equal((0, int.MaxValue), (duplicate.Counters[TcpCounter.TCPLossProbeRecovery], duplicate.Status.SlowStartThreshold));

        RecoveryTrace unsaid = Probed();
        unsaid.Write(1000).Wait(50).Ack(2001).Ack(2001).Wait(50).Ack(3001);
        Assert.Equal((0, int.MaxValue), (unsaid.Counters[TcpCounter.TCPLossProbeRecovery], unsaid.Status.SlowStartThreshold));

        RecoveryTrace atOnce = Probed();
        atOnce.Write(1000).Wait(100).Ack(3001, 1001, 2001);
        Assert.Equal((0, int.MaxValue), (atOnce.Counters[TcpCounter.TCPLossProbeRecovery], atOnce.Status.SlowStartThreshold));
    }

    [Fact]
    [Requirement("8985-6")]
    public void While_a_probe_is_out_new_data_brings_no_other()
    {
        RecoveryTrace trace = Probed();
        trace.Write(1000).Wait(250);
        Assert.Equal(("2001:3001", 1), (trace.Sent, trace.Counters[TcpCounter.TCPLossProbes]));
    }

    [Fact]
    [Requirement("5682-1", "9438-7")]
    public void Two_ACKs_that_advance_show_that_a_timeout_was_for_nothing_and_it_is_taken_back()
    {
        RecoveryTrace trace = new RecoveryTrace(TcpSettings.Default with { Rack = false }).Write(4000).Wait(301).Write(10_000);
        Assert.Equal("1:1001 1001:2001 2001:3001 3001:4001 R1:1001", trace.Sent);
        Assert.Equal(1, trace.Status.CongestionWindow);
        trace.Wait(10).Ack(1001);
        Assert.Equal("4001:5001 5001:6001", trace.Sent);
        trace.Wait(10).Ack(2001);
        Assert.Equal((RecoveryPhase.Open, 1), (trace.Status.Phase, trace.Counters[TcpCounter.TCPSpuriousRTOs]));
        Assert.Equal((true, int.MaxValue), (trace.Status.CongestionWindow >= 10, trace.Status.SlowStartThreshold));
    }

    [Fact]
    [Requirement("9438-7")]
    public void A_duplicate_is_heard_of_though_nothing_is_in_flight_any_more()
    {
        SegmentOptions syn = Peer.Mss();
        syn.Present |= SegmentOptionSet.SackPermitted;
        Peer peer = Peer.Established(TcpSettings.Default with { Rack = false }, syn);
        peer.Send(10);
        peer.Pass(0.3);
        peer.Give(ControlBits.Ack);
        Assert.Equal(1, peer.Subject.Status.CongestionWindow);
        peer.Give(ControlBits.Ack, options: Peer.Sack((1, 11)));
        Assert.Equal(10, peer.Subject.Status.CongestionWindow);
    }

    [Fact]
    [Requirement("5682-1")]
    public void New_data_that_arrives_says_nothing_of_what_was_sent_before_the_timeout()
    {
        RecoveryTrace trace = new RecoveryTrace(TcpSettings.Default with { Rack = false }).Write(4000).Wait(301).Write(10_000).Wait(10).Ack(1001);
        Assert.EndsWith("4001:5001 5001:6001", trace.Sent, StringComparison.Ordinal);
        trace.Wait(10).Ack(1001, 4001, 5001);
        Assert.Equal((RecoveryPhase.Loss, 0), (trace.Status.Phase, trace.Counters[TcpCounter.TCPSpuriousRTOs]));
    }

    private static RecoveryTrace Probed()
    {
        RecoveryTrace trace = new RecoveryTrace().Write(2000).Wait(205);
        Assert.EndsWith("R1001:2001", trace.Sent, StringComparison.Ordinal);
        return trace;
    }
}
