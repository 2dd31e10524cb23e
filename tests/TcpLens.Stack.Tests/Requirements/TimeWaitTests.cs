using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>TIME-WAIT: what strays in, and what may follow (RFC 9293 §3.6.1 and §3.10.7.4, RFC 1337, RFC 6191).</summary>
public sealed class TimeWaitTests
{
    private static readonly TimeWaitFacts Plain = new(new(100), new(5000), 1000, HasTimestamps: false, RecentTimestamp: 0, WindowScale.None);
    private static readonly TimeWaitFacts Stamped = Plain with { HasTimestamps = true, RecentTimestamp = 700 };

    [Theory]
    [InlineData(0, TimeWaitVerdict.Drop)]
    [InlineData(1, TimeWaitVerdict.Drop)]
    [InlineData(999, TimeWaitVerdict.Drop)]
    [Requirement("1337-1")]
    public void A_reset_is_ignored(int offset, object verdict)
        => Assert.Equal(verdict, Judge(Plain, ControlBits.Rst, 5000 + (uint)offset));

    [Theory]
    [InlineData(5000, true, TimeWaitVerdict.Forget)]
    [InlineData(5001, true, TimeWaitVerdict.Drop)]
    [InlineData(5001, false, TimeWaitVerdict.Forget)]
    [InlineData(4999, false, TimeWaitVerdict.Drop)]
    [Requirement("1337-1")]
    public void Unless_that_protection_is_off(int seq, bool resists, object verdict)
        => Assert.Equal(verdict, Judge(Plain, ControlBits.Rst, (uint)seq, settings: TcpSettings.Default with { ProtectTimeWait = false, ResistBlindResets = resists }));

    [Theory]
    [InlineData(701, 1, TimeWaitVerdict.Reopen)]
    [InlineData(701, 9000, TimeWaitVerdict.Reopen)]
    [InlineData(700, 5001, TimeWaitVerdict.Reopen)]
    [InlineData(700, 5000, TimeWaitVerdict.Acknowledge)]
    [InlineData(699, 9000, TimeWaitVerdict.Acknowledge)]
    [Requirement("6191-1", "6191-2", "6191-3", "SHLD-4", "MAY-2")]
    public void With_timestamps_a_newer_one_opens_anew(int timestamp, int seq, object verdict)
        => Assert.Equal(verdict, Judge(Stamped, ControlBits.Syn, (uint)seq, Peer.Timestamp((uint)timestamp)));

    [Theory]
    [InlineData(5001, TimeWaitVerdict.Reopen)]
    [InlineData(80_000, TimeWaitVerdict.Reopen)]
    [InlineData(5000, TimeWaitVerdict.Acknowledge)]
    [InlineData(1, TimeWaitVerdict.Acknowledge)]
    [Requirement("6191-2", "6191-3", "1122-1", "MAY-2")]
    public void Without_timestamps_a_number_beyond_the_last_one_does(int seq, object verdict)
    {
        Assert.Equal(verdict, Judge(Plain, ControlBits.Syn, (uint)seq));
        Assert.Equal(verdict, Judge(Stamped, ControlBits.Syn, (uint)seq));
        Assert.Equal(TimeWaitVerdict.Acknowledge, Judge(Plain, ControlBits.Syn, (uint)seq, settings: TcpSettings.Default with { ReuseTimeWait = false }));
    }

    [Theory]
    [InlineData(ControlBits.Syn | ControlBits.Ack)]
    [InlineData(ControlBits.Syn | ControlBits.Fin)]
    [Requirement("6191-3")]
    public void Only_a_plain_SYN_opens(ControlBits bits)
        => Assert.Equal(TimeWaitVerdict.Acknowledge, Judge(Plain, bits, 80_000));

    [Fact]
    [Requirement("MUST-13")]
    public void The_FIN_again_restarts_the_wait_and_other_strays_are_answered()
    {
        Assert.Equal(TimeWaitVerdict.Restart, Judge(Plain, ControlBits.Fin | ControlBits.Ack, 4999));
        Assert.Equal(TimeWaitVerdict.Acknowledge, Judge(Stamped, ControlBits.Fin | ControlBits.Ack, 4999, Peer.Timestamp(600)));
        Assert.Equal(TimeWaitVerdict.Acknowledge, Judge(Plain, ControlBits.Fin | ControlBits.Ack, 4998));
        Assert.Equal(TimeWaitVerdict.Acknowledge, Judge(Plain, ControlBits.Fin | ControlBits.Ack, 5000));
        Assert.Equal(TimeWaitVerdict.Acknowledge, Judge(Plain, ControlBits.Ack, 3000));
        Assert.Equal(TimeWaitVerdict.Drop, Judge(Plain, ControlBits.Ack, 5000));
    }

    [Fact]
    [Requirement("1337-1", "5961-5")]
    public void A_connection_in_it_answers_so()
    {
        Peer peer = ClosingTests.InTimeWait();
        Assert.Equal("", peer.Give(ControlBits.Rst, seq: 2));
        Assert.Equal(TcpState.TimeWait, peer.Subject.State);
        Assert.Equal("ACK 2 ack 2", peer.Give(ControlBits.Syn, seq: 1));
        Assert.Equal("ACK 2 ack 2", peer.Give(ControlBits.Ack, seq: -5000, length: 10));
        Assert.Equal(TcpState.TimeWait, peer.Subject.State);
    }

    private static TimeWaitVerdict Judge(in TimeWaitFacts facts, ControlBits bits, uint seq, SegmentOptions options = default, TcpSettings? settings = null)
    {
        var segment = new TcpSegment { Sequence = new(seq), Acknowledgment = new(100), Bits = bits, Options = options };
        return TimeWaitRules.Judge(facts, segment, settings ?? TcpSettings.Default, out _);
    }
}
