using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Timestamps, and protection against numbers that came round again (RFC 7323 §3 to §5).</summary>
public sealed class TimestampTests
{
    private static readonly SegmentOptions Syn = Offer(1000);

    [Fact]
    [Requirement("7323-7")]
    public void They_are_used_only_when_both_SYNs_carried_them()
    {
        Peer asked = Peer.Connecting();
        Assert.True(asked.Only.Options.Has(SegmentOptionSet.Timestamps));
        asked.Give(ControlBits.Syn | ControlBits.Ack, options: Peer.Mss());
        asked.Send(10);
        Assert.False(asked.Only.Options.Has(SegmentOptionSet.Timestamps));

        Peer listens = Peer.Listening();
        listens.Give(ControlBits.Syn, options: Peer.Mss());
        Assert.False(listens.Only.Options.Has(SegmentOptionSet.Timestamps));
        Assert.True(Peer.Established(options: Syn).Subject.Status.HasTimestamps);
        Assert.False(Peer.Established(TcpSettings.Default with { Timestamps = false }, Syn).Subject.Status.HasTimestamps);
    }

    [Fact]
    [Requirement("7323-8")]
    public void Once_agreed_every_segment_has_one_a_reset_too()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Send(4000);
        Assert.All(peer.Left, static segment => Assert.True(segment.Options.Has(SegmentOptionSet.Timestamps)));
        peer.Give(ControlBits.Ack, length: 10, options: Peer.Timestamp(1001));
        Assert.True(peer.Only.Options.Has(SegmentOptionSet.Timestamps));
        peer.Abort();
        Assert.True(peer.Only.Has(ControlBits.Rst));
        Assert.True(peer.Only.Options.Has(SegmentOptionSet.Timestamps));
    }

    [Fact]
    [Requirement("7323-9")]
    public void Once_agreed_a_segment_without_is_dropped_in_silence_unless_told_otherwise()
    {
        Peer peer = Peer.Established(options: Syn);
        Assert.Equal("", peer.Give(ControlBits.Ack, length: 10));
        Assert.Equal((DropReason.MissingTimestamp, 0), (peer.Reason, peer.Subject.Readable));
        peer.Give(ControlBits.Rst, seq: 1);
        Assert.Equal(ConnectionError.Reset, peer.Subject.Error);

        Peer lenient = Peer.Established(TcpSettings.Default with { RequireTimestamps = false }, Syn);
        lenient.Give(ControlBits.Ack, length: 10);
        Assert.Equal(10, lenient.Subject.Readable);
    }

    [Fact]
    [Requirement("7323-10")]
    public void An_echo_means_something_only_beside_an_ACK()
    {
        Peer peer = Peer.Connecting();
        Assert.Equal(0u, peer.Only.Options.TimestampEcho);

        SegmentOptions syn = Syn;
        syn.TimestampEcho = 12345;
        Peer listens = Peer.Listening();
        listens.Give(ControlBits.Syn, options: syn);
        Assert.Equal((1000u, TimeSpan.Zero), (listens.Only.Options.TimestampEcho, listens.Subject.Status.SmoothedRtt));
    }

    [Fact]
    [Requirement("7323-10")]
    public void An_echo_of_zero_measures_nothing()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Send(10);
        peer.Pass(0.3);
        TimeSpan before = peer.Subject.Status.SmoothedRtt;
        peer.Give(ControlBits.Ack, options: Peer.Timestamp(1300, echo: 0));
        Assert.Equal((11, before), (peer.Subject.Status.SendUnacknowledged - Peer.Ours(0), peer.Subject.Status.SmoothedRtt));
    }

    [Fact]
    [Requirement("7323-10")]
    public void An_echo_of_what_was_not_sent_yet_measures_nothing()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Send(10);
        peer.Pass(0.3);
        TimeSpan before = peer.Subject.Status.SmoothedRtt;
        peer.Give(ControlBits.Ack, options: Peer.Timestamp(1300, peer.Left[^1].Options.TimestampValue + 5000));
        Assert.Equal(before, peer.Subject.Status.SmoothedRtt);
    }

    [Fact]
    [Requirement("7323-7")]
    public void Who_does_not_want_them_does_not_offer_them()
        => Assert.False(Peer.Connecting(TcpSettings.Default with { Timestamps = false }).Only.Options.Has(SegmentOptionSet.Timestamps));

    [Fact]
    [Requirement("5961-5")]
    public void A_SYN_without_is_challenged_like_any_other()
    {
        Peer peer = Peer.Established(options: Syn);
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Syn, seq: 5));
        Assert.Equal(DropReason.SynUnexpected, peer.Reason);
    }

    [Fact]
    [Requirement("7323-11")]
    public void What_is_echoed_is_of_the_segment_that_the_ACK_is_for()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { QuickAcks = 0 }, Syn);
        peer.Give(ControlBits.Ack, length: 100, options: Peer.Timestamp(1010));
        peer.Give(ControlBits.Ack, length: 100, options: Peer.Timestamp(1020));
        Assert.Equal(1010u, peer.Only.Options.TimestampEcho);

        // Beyond a hole: not what the ACK is for.
        peer.Give(ControlBits.Ack, seq: 301, length: 100, options: Peer.Timestamp(1040));
        Assert.Equal(1010u, peer.Only.Options.TimestampEcho);
        peer.Give(ControlBits.Ack, seq: 201, length: 100, options: Peer.Timestamp(1030));
        Assert.Equal(1030u, peer.Only.Options.TimestampEcho);
    }

    [Fact]
    [Requirement("7323-12")]
    public void Only_an_ACK_of_something_new_measures_the_round_trip()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Send(10);
        uint sent = peer.Only.Options.TimestampValue;
        TimeSpan before = peer.Subject.Status.SmoothedRtt;
        peer.Pass(0.05);
        peer.Give(ControlBits.Ack, ack: 1, options: Peer.Timestamp(1050, sent));
        Assert.Equal(before, peer.Subject.Status.SmoothedRtt);
        peer.Give(ControlBits.Ack, ack: 11, options: Peer.Timestamp(1050, sent));
        Assert.True(peer.Subject.Status.SmoothedRtt > before);
    }

    [Fact]
    [Requirement("7323-14", "7323-16")]
    public void A_segment_that_is_older_than_the_last_one_is_answered_and_dropped_whatever_its_number()
    {
        Peer peer = Peer.Established(options: Syn);
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Ack, length: 10, options: Peer.Timestamp(999)));
        Assert.Equal((DropReason.OldTimestamp, 0), (peer.Reason, peer.Subject.Readable));
        peer.Give(ControlBits.Ack, seq: -70_000, length: 10, options: Peer.Timestamp(999));
        Assert.Equal(DropReason.OldTimestamp, peer.Reason);
        Assert.Equal(2, peer.Counters[TcpCounter.PAWSEstab]);
        peer.Give(ControlBits.Ack, seq: 1, length: 10, options: Peer.Timestamp(1000));
        Assert.Equal(10, peer.Subject.Readable);
    }

    [Fact]
    [Requirement("7323-16")]
    public void A_reset_may_be_old()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Give(ControlBits.Rst, options: Peer.Timestamp(1));
        Assert.Equal(ConnectionError.Reset, peer.Subject.Error);
    }

    [Fact]
    [Requirement("7323-15", "7323-11")]
    public void After_twenty_four_days_of_silence_the_last_one_says_nothing_any_more_and_the_next_one_takes_its_place()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Pass(TimeSpan.FromDays(23.9));
        peer.Give(ControlBits.Ack, seq: 1, length: 10, options: Peer.Timestamp(900));
        Assert.Equal(DropReason.OldTimestamp, peer.Reason);
        peer.Pass(TimeSpan.FromDays(0.2));
        peer.Give(ControlBits.Ack, seq: 1, length: 10, options: Peer.Timestamp(900));
        Assert.Equal((DropReason.None, 10), (peer.Reason, peer.Subject.Readable));
        Assert.Equal(900u, peer.Only.Options.TimestampEcho);
        peer.Give(ControlBits.Ack, seq: 11, length: 10, options: Peer.Timestamp(899));
        Assert.Equal(DropReason.OldTimestamp, peer.Reason);
    }

    [Fact]
    [Requirement("7323-17")]
    public void The_clock_ticks_every_millisecond_and_goes_round()
    {
        Peer peer = Peer.Established(options: Syn, start: new() { TimestampOffset = uint.MaxValue - 6000 });
        uint last = 0;
        for (int i = 0; i < 100; i++)
        {
            peer.Set(static options => options with { NoDelay = true });
            peer.Send(1);
            uint value = peer.Only.Options.TimestampValue;
            Assert.True(i == 0 || value - last == 37, $"{last} {value}");
            last = value;
            peer.Give(ControlBits.Ack, options: Peer.Timestamp(1000));
            peer.Pass(0.037);
        }
    }

    [Fact]
    [Requirement("7323-18")]
    public void Each_connection_counts_from_a_number_of_its_own()
    {
        Peer one = Peer.Connecting(start: new() { TimestampOffset = 0 });
        Peer other = Peer.Connecting(start: new() { TimestampOffset = 77 });
        Assert.Equal(77u, other.Only.Options.TimestampValue - one.Only.Options.TimestampValue);
    }

    internal static SegmentOptions Offer(uint value)
    {
        SegmentOptions options = Peer.Mss();
        options.Present |= SegmentOptionSet.Timestamps;
        options.TimestampValue = value;
        return options;
    }
}
