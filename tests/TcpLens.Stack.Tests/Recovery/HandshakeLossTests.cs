using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

public sealed class HandshakeLossTests
{
    private readonly TcpCounters _counters = new();
    private Instant _now = new(1_000_000_000);

    [Fact]
    public void A_lost_syn_leaves_one_segment_and_three_seconds()
    {
        LossRecovery recovery = SynSentTwice();
        recovery.OnAck(new() { Acknowledgment = new(1), Unacknowledged = new(0) }, _now);
        recovery.OnEstablished(1000, true, _now);
        Assert.Equal(1000, recovery.Allowance(_now));
        Assert.Equal((TimeSpan.FromSeconds(3), 0), (recovery.Rto, recovery.Timeouts));
        Assert.Equal((1, 1), (_counters[TcpCounter.TCPSynRetrans], _counters[TcpCounter.RetransSegs]));
    }

    [Fact]
    public void A_timestamp_of_the_first_syn_shows_that_it_was_only_late()
    {
        Instant first = _now;
        LossRecovery recovery = SynSentTwice();
        recovery.OnAck(new() { Acknowledgment = new(1), Unacknowledged = new(0), EchoedSentAt = first, EchoedRtt = _now - first }, _now);
        recovery.OnEstablished(1000, true, _now);
        Assert.Equal(10_000, recovery.Allowance(_now));
    }

    private LossRecovery SynSentTwice()
    {
        var recovery = new LossRecovery(TcpSettings.Default, _counters);
        recovery.OnSent(new(new(0), new(1)), _now);
        Assert.Equal(_now + TimeSpan.FromSeconds(1), recovery.NextTimeout);
        _now += TimeSpan.FromSeconds(1);
        recovery.OnTimeout(_now);
        Assert.True(recovery.TryTakeRetransmission(1460, new(1), false, _now, out SentRange syn));
        Assert.Equal(new(new(0), new(1)), syn);
        Assert.Equal((1, _now + TimeSpan.FromSeconds(2)), (recovery.Timeouts, recovery.NextTimeout));
        _now += TimeSpan.FromMilliseconds(50);
        return recovery;
    }
}
