using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Fast recovery without SACK (RFC 6582).</summary>
public sealed class NewRenoTests
{
    private static readonly TcpSettings Reno = TcpSettings.Default with { Congestion = CongestionAlgorithm.NewReno };

    [Fact]
    [Requirement("6582-2", "6582-4", "5681-9")]
    public void A_partial_ACK_has_the_next_hole_sent_again_and_the_timer_started_anew()
    {
        RecoveryTrace trace = Recovering().Ack(1).Ack(1).Ack(1).Ack(1);
        trace.Wait(100).Ack(3001);
        Assert.Equal("R3001:4001", trace.Sent);
        Assert.Equal(trace.Recovery.Rto, trace.Recovery.NextTimeout - trace.Now);
        trace.Wait(100).Ack(7001);
        Assert.Equal("R7001:8001", trace.Sent);
        Assert.Equal(RecoveryPhase.Recovery, trace.Status.Phase);
    }

    [Fact]
    [Requirement("6582-3")]
    public void A_full_ACK_ends_recovery_with_the_window_at_the_threshold()
    {
        RecoveryTrace trace = Recovering();
        trace.Wait(100).Ack(10_001).Write(1000).Wait(100).Ack(11_001);
        Assert.Equal((RecoveryPhase.Open, 5, 5), (trace.Status.Phase, trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));
    }

    [Fact]
    [Requirement("6582-1")]
    public void Duplicates_of_an_ACK_that_covers_no_more_than_the_last_recovery_start_none()
    {
        RecoveryTrace trace = Recovering();
        trace.Wait(100).Ack(10_001).Write(5000);
        _ = trace.Sent;
        trace.Ack(10_001).Ack(10_001).Ack(10_001).Ack(10_001);
        Assert.DoesNotContain("R", trace.Sent, StringComparison.Ordinal);
        Assert.Equal((5, 1), (trace.Status.SlowStartThreshold, trace.Counters[TcpCounter.TCPRenoRecovery]));

        trace.Ack(11_001).Ack(11_001).Ack(11_001).Ack(11_001);
        Assert.Contains("R11001:12001", trace.Sent, StringComparison.Ordinal);
        Assert.Equal(2, trace.Counters[TcpCounter.TCPRenoRecovery]);
    }

    [Fact]
    [Requirement("6582-5")]
    public void After_a_timeout_duplicates_for_what_was_sent_before_it_start_nothing()
    {
        RecoveryTrace trace = new RecoveryTrace(Reno, hasSack: false).Write(10_000).Wait(301);
        Assert.EndsWith("R1:1001", trace.Sent, StringComparison.Ordinal);
        trace.Ack(1).Ack(1).Ack(1).Ack(1);
        Assert.Equal("", trace.Sent);
        Assert.Equal((5, 0), (trace.Status.SlowStartThreshold, trace.Counters[TcpCounter.TCPRenoRecovery]));
    }

    private static RecoveryTrace Recovering()
    {
        RecoveryTrace trace = new RecoveryTrace(Reno, hasSack: false).Write(10_000).Wait(100).Ack(1).Ack(1).Ack(1);
        Assert.EndsWith("R1:1001", trace.Sent, StringComparison.Ordinal);
        Assert.Equal((RecoveryPhase.Recovery, 5), (trace.Status.Phase, trace.Status.SlowStartThreshold));
        return trace;
    }
}
