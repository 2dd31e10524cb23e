using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

public sealed class UndoTests
{
    [Fact]
    public void When_everything_sent_again_is_reported_as_a_duplicate_the_reduction_is_taken_back()
    {
        var trace = new RecoveryTrace().Write(10_000).Wait(100);
        trace.Ack(1, 1001, 2001).Ack(1, 1001, 3001).Ack(1, 1001, 4001);
        Assert.Equal((RecoveryPhase.Recovery, 7), (trace.Status.Phase, trace.Status.SlowStartThreshold));
        trace.Wait(10).Ack(4001).Wait(90).Ack(4001, 1, 1001);
        Assert.Equal((RecoveryPhase.Open, 10), (trace.Status.Phase, trace.Status.CongestionWindow));
        Assert.Equal(1, trace.Counters[TcpCounter.TCPDSACKUndo]);
        Assert.Equal(1, trace.Counters[TcpCounter.TCPDSACKRecv]);
        Assert.Equal(1, trace.Status.DuplicatesReported);
        Assert.Equal(int.MaxValue, trace.Status.SlowStartThreshold);
    }

    [Fact]
    [Requirement("9438-7")]
    public void After_a_timeout_the_duplicate_may_be_reported_beside_the_acknowledgment()
    {
        var trace = new RecoveryTrace(TcpSettings.Default with { Rack = false }).Write(1000).Wait(301).Ack(1001, 1, 1001);
        Assert.Equal((RecoveryPhase.Open, 10, int.MaxValue), (trace.Status.Phase, trace.Status.CongestionWindow, trace.Status.SlowStartThreshold));
        Assert.Equal(1, trace.Counters[TcpCounter.TCPLossUndo]);
    }

    [Fact]
    [Requirement("9438-7")]
    public void The_algorithm_is_told_of_it()
    {
        var algorithm = new Told();
        var control = new WindowControl(algorithm, 1000);
        control.Window.Octets = 10_000;
        control.StartRecovery(default, mayTakeBack: true);
        control.TakeBack();
        Assert.Equal((1, 10_000), (algorithm.Undone, control.Window.Octets));

        // Congestion that was said to be is not taken back.
        control.StartRecovery(default, mayTakeBack: false);
        control.TakeBack();
        Assert.Equal(1, algorithm.Undone);
    }

    [Fact]
    public void An_old_timestamp_shows_that_the_timeout_was_for_nothing()
    {
        var trace = new RecoveryTrace().Write(4000);
        Instant sent = trace.Now;
        trace.Wait(1000);
        Assert.Equal(RecoveryPhase.Loss, trace.Status.Phase);
        trace.Ack(new AckFacts { EchoedSentAt = sent, EchoedRtt = trace.Now - sent }, 1001);
        Assert.Equal((RecoveryPhase.Open, 10, 0), (trace.Status.Phase, trace.Status.CongestionWindow, trace.Status.Lost));
        Assert.Equal(1, trace.Counters[TcpCounter.TCPLossUndo]);
    }

    [Fact]
    public void New_data_shows_that_the_timeout_was_for_nothing()
    {
        var trace = new RecoveryTrace(TcpSettings.Default with { Rack = false }).Write(4000).Wait(300).Write(10_000);
        Assert.Equal("1:1001 1001:2001 2001:3001 3001:4001 R1:1001", trace.Sent);

        // F-RTO: the first ACK makes room for two segments, and they are new ones.
        trace.Wait(10).Ack(1001);
        Assert.Equal("4001:5001 5001:6001", trace.Sent);
        trace.Wait(10).Ack(2001);
        Assert.Equal((RecoveryPhase.Open, 1), (trace.Status.Phase, trace.Counters[TcpCounter.TCPSpuriousRTOs]));
        Assert.Equal(1, trace.Status.TotalRetransmissions);
    }

    [Fact]
    public void Without_SACK_an_ACK_of_more_than_was_sent_again_does_not_show_that_the_timeout_was_for_nothing()
    {
        var trace = new RecoveryTrace(hasSack: false).Write(4000).Wait(300);
        Assert.Equal("1:1001 1001:2001 2001:3001 3001:4001 R1:1001", trace.Sent);

        // The second had waited behind the first; the third and the fourth are lost.
        trace.Wait(10).Ack(2001);
        Assert.Equal((RecoveryPhase.Loss, 0), (trace.Status.Phase, trace.Counters[TcpCounter.TCPSpuriousRTOs]));
        Assert.Equal("R2001:3001 R3001:4001", trace.Sent);
    }

    [Fact]
    public void A_receiver_that_forgets_what_it_had_told_of_is_sent_everything_again()
    {
        var trace = new RecoveryTrace(burst: 4000).Write(4000).Wait(100).Ack(1, 1001, 4001).Wait(10);
        Assert.Equal("1:4001 R1:1001", trace.Sent);
        trace.Wait(10).Ack(1001).Wait(2000);
        Assert.Equal(1, trace.Counters[TcpCounter.TCPSACKReneging]);
        Assert.StartsWith("R1001:2001", trace.Sent);
    }

    private sealed class Told : CongestionControl
    {
        public int Undone { get; private set; }

        public override void OnDelivered(ref CongestionWindow window, int delivered, int minimumRtt, Instant now)
        {
        }

        public override int Reduce(in CongestionWindow window, int inFlight) => window.Octets / 2;

        public override void OnUndo() => Undone++;
    }
}
