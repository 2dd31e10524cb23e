using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Explicit congestion notification (RFC 3168 §6.1).</summary>
public sealed class EcnTests
{
    private const ControlBits Asks = ControlBits.Syn | ControlBits.Ece | ControlBits.Cwr;
    private static readonly TcpSettings Wants = TcpSettings.Default with { RequestEcn = true };

    [Fact]
    [Requirement("3168-1", "SHLD-8")]
    public void It_is_asked_for_by_two_bits_and_agreed_to_by_one()
    {
        Peer asks = Peer.Connecting(Wants);
        Assert.Equal(Asks, asks.Only.Bits);
        asks.Give(ControlBits.Syn | ControlBits.Ack | ControlBits.Ece, options: Peer.Mss());
        Assert.True(asks.Subject.Status.HasEcn);
        Assert.Equal(0, asks.Counters[TcpCounter.TCPDeliveredCE]);

        Peer answers = Peer.Listening();
        answers.Give(Asks, options: Peer.Mss());
        Assert.Equal(ControlBits.Syn | ControlBits.Ack | ControlBits.Ece, answers.Only.Bits);
        Assert.Equal(ControlBits.Syn, Peer.Connecting().Only.Bits);
    }

    [Theory]
    [InlineData(ControlBits.Syn | ControlBits.Ack)]
    [InlineData(ControlBits.Syn | ControlBits.Ack | ControlBits.Ece | ControlBits.Cwr)]
    [Requirement("3168-1")]
    public void Any_other_answer_is_a_refusal(ControlBits bits)
    {
        Peer peer = Peer.Connecting(Wants);
        peer.Give(bits, options: Peer.Mss());
        peer.Send(10);
        Assert.Equal((false, EcnCodepoint.NotCapable), (peer.Subject.Status.HasEcn, peer.Only.Ecn));
    }

    [Fact]
    [Requirement("3168-1")]
    public void New_data_can_be_marked_ACKs_and_what_is_sent_again_cannot()
    {
        Peer peer = Agreed();
        peer.Send(10);
        Assert.Equal(EcnCodepoint.Ect0, peer.Only.Ecn);
        peer.Pass(1);
        Assert.NotEmpty(peer.Left);
        Assert.All(peer.Left, static segment => Assert.Equal(EcnCodepoint.NotCapable, segment.Ecn));
        peer.Give(ControlBits.Ack, length: 10);
        Assert.Equal(EcnCodepoint.NotCapable, peer.Only.Ecn);
        peer.CloseSending();
        Assert.Equal((ControlBits.Fin | ControlBits.Ack, EcnCodepoint.NotCapable), (peer.Only.Bits, peer.Only.Ecn));
    }

    [Fact]
    [Requirement("3168-2", "SHLD-8")]
    public void A_mark_is_echoed_until_the_peer_says_that_it_slowed_down()
    {
        Peer peer = Agreed();
        peer.Give(ControlBits.Ack, length: 10, ecn: EcnCodepoint.CongestionExperienced);
        Assert.True(peer.Only.Has(ControlBits.Ece));
        peer.Give(ControlBits.Ack, length: 10, ecn: EcnCodepoint.Ect0);
        Assert.True(peer.Only.Has(ControlBits.Ece));
        peer.Give(ControlBits.Ack | ControlBits.Cwr, length: 10, ecn: EcnCodepoint.Ect0);
        Assert.False(peer.Only.Has(ControlBits.Ece));
    }

    [Fact]
    [Requirement("3168-2")]
    public void An_echo_reduces_the_window_once_in_a_round_trip_and_the_next_new_segment_says_so()
    {
        Peer peer = Agreed();
        peer.Send(40 * 1460);
        Assert.Equal(10, peer.Left.Count);
        peer.Give(ControlBits.Ack | ControlBits.Ece, ack: 1461);
        int threshold = peer.Subject.Status.SlowStartThreshold;
        Assert.Equal(7, threshold);
        int reductions = peer.Left.Count(static segment => segment.Has(ControlBits.Cwr));
        for (int i = 2; i <= 10; i++)
        {
            peer.Give(ControlBits.Ack | ControlBits.Ece, ack: 1 + (i * 1460));
            reductions += peer.Left.Count(static segment => segment.Has(ControlBits.Cwr));
        }

        Assert.Equal((7, 1), (peer.Subject.Status.SlowStartThreshold, reductions));
        Assert.Equal(7, peer.Subject.Status.CongestionWindow);
    }

    [Fact]
    [Requirement("3168-1")]
    public void One_bit_asks_for_nothing_and_nobody_agrees_to_what_was_not_asked_for()
    {
        Peer listens = Peer.Listening();
        listens.Give(ControlBits.Syn | ControlBits.Ece, options: Peer.Mss());
        Assert.Equal(ControlBits.Syn | ControlBits.Ack, listens.Only.Bits);

        Peer connects = Peer.Connecting();
        connects.Give(ControlBits.Syn | ControlBits.Ack | ControlBits.Ece, options: Peer.Mss());
        Assert.False(connects.Subject.Status.HasEcn);
    }

    [Fact]
    [Requirement("3168-1")]
    public void A_SYN_that_is_sent_again_no_longer_asks()
        => Assert.Equal(ControlBits.Syn, AfterTimeout(Peer.Connecting(Wants)).Bits);

    [Fact]
    [Requirement("3168-2")]
    public void A_mark_is_echoed_at_once()
    {
        Peer peer = Agreed(Wants with { QuickAcks = 0 });
        Assert.Equal("ACK+ECE 1 ack 11", peer.Give(ControlBits.Ack, length: 10, ecn: EcnCodepoint.CongestionExperienced));
    }

    [Fact]
    [Requirement("3168-1")]
    public void Without_agreement_an_echo_means_nothing()
    {
        Peer peer = Peer.Connected();
        peer.Send(40 * 1460);
        peer.Give(ControlBits.Ack | ControlBits.Ece, ack: 1461);
        Assert.Equal(int.MaxValue, peer.Subject.Status.SlowStartThreshold);
    }

    private static SentCopy AfterTimeout(Peer peer)
    {
        peer.Pass(1.1);
        return peer.Only;
    }

    private static Peer Agreed(TcpSettings? settings = null)
    {
        Peer peer = Peer.Connecting(settings ?? Wants);
        peer.Give(ControlBits.Syn | ControlBits.Ack | ControlBits.Ece, options: Peer.Mss());
        return peer;
    }
}
