using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Opening (RFC 9293 §3.5).</summary>
public sealed class OpeningTests
{
    [Fact]
    [Requirement("MUST-10")]
    public void Both_ends_may_open_at_once()
    {
        Peer peer = Peer.Connecting();
        Assert.Equal("SYN+ACK 0 ack 1", peer.Give(ControlBits.Syn, seq: 0, options: Peer.Mss()));
        Assert.Equal(TcpState.SynReceived, peer.Subject.State);
        peer.Give(ControlBits.Syn | ControlBits.Ack, seq: 0);
        Assert.Equal(TcpState.Established, peer.Subject.State);
        peer.Give(ControlBits.Ack, seq: 1, length: 5);
        Assert.Equal(5, peer.Subject.Readable);
    }

    [Theory]
    [InlineData(ControlBits.Syn | ControlBits.Ack, 0, "ACK 1 ack 4")]
    [InlineData(ControlBits.Ack, 4, "ACK 1 ack 4")]
    public void Text_in_a_SYN_that_met_ours_waits_for_the_connection_and_is_not_needed_twice(ControlBits bits, int seq, string answer)
    {
        Peer peer = Peer.Connecting();
        Assert.Equal("SYN+ACK 0 ack 1", peer.Give(ControlBits.Syn, seq: 0, length: 3));
        Assert.Equal(0, peer.Subject.Readable);
        Assert.Equal(answer, peer.Give(bits, seq: seq));
        Assert.Equal((TcpState.Established, 3), (peer.Subject.State, peer.Subject.Readable));
        peer.Give(ControlBits.Ack, seq: 1, length: 8);
        Assert.Equal(8, peer.Subject.Readable);
    }

    [Fact]
    [Requirement("MUST-11")]
    public void A_reset_of_a_half_open_connection_leads_back_to_where_it_came_from()
    {
        Peer passive = Peer.Listening();
        passive.Give(ControlBits.Syn, seq: 0);
        passive.Give(ControlBits.Rst, seq: 1);
        Assert.Equal(TcpState.Listen, passive.Subject.State);

        Peer active = Peer.Connecting();
        active.Give(ControlBits.Syn, seq: 0);
        active.Give(ControlBits.Rst, seq: 1);
        Assert.Equal((TcpState.Closed, ConnectionError.Refused), (active.Subject.State, active.Subject.Error));
    }

    [Fact]
    [Requirement("MUST-11")]
    public void A_listener_that_went_back_takes_another_peer()
    {
        Peer peer = Peer.Listening();
        peer.Give(ControlBits.Syn, seq: 0);
        peer.Give(ControlBits.Rst, seq: 1);
        Assert.Equal("SYN+ACK 0 ack 5001", peer.Give(ControlBits.Syn, seq: 5000, options: Peer.Mss()));
        peer.Give(ControlBits.Ack, seq: 5001, ack: 1);
        Assert.Equal(TcpState.Established, peer.Subject.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(70_000)]
    public void An_ACK_of_another_number_than_our_SYNs_is_answered_with_a_reset(int ack)
    {
        Peer peer = Peer.Connecting();
        Assert.Equal($"RST {ack}", peer.Give(ControlBits.Syn | ControlBits.Ack, seq: 0, ack: ack));
        Assert.Equal(TcpState.SynSent, peer.Subject.State);

        peer = Peer.Listening();
        peer.Give(ControlBits.Syn, seq: 0);
        Assert.Equal($"RST {ack}", peer.Give(ControlBits.Ack, seq: 1, ack: ack));
        Assert.Equal(TcpState.SynReceived, peer.Subject.State);
    }

    [Fact]
    public void A_SYN_that_comes_again_is_answered_again()
    {
        Peer peer = Peer.Listening();
        peer.Give(ControlBits.Syn, seq: 0);
        Assert.Equal("SYN+ACK 0 ack 1", peer.Give(ControlBits.Syn, seq: 0));
    }

    [Fact]
    public void A_SYN_of_another_number_lets_a_passive_open_begin_again_and_with_an_ACK_is_challenged()
    {
        Peer peer = Peer.Listening();
        peer.Give(ControlBits.Syn, seq: 0);
        Assert.Equal("", peer.Give(ControlBits.Syn, seq: 5));
        Assert.Equal(TcpState.Listen, peer.Subject.State);

        peer = Peer.Listening();
        peer.Give(ControlBits.Syn, seq: 0);
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Syn | ControlBits.Ack, seq: 5));
        Assert.Equal(TcpState.SynReceived, peer.Subject.State);
    }

    [Fact]
    public void A_SYN_with_a_reset_opens_nothing()
    {
        Peer peer = Peer.Listening();
        Assert.Equal("", peer.Give(ControlBits.Syn | ControlBits.Rst, seq: 0));
        Assert.Equal((DropReason.ResetUnbelieved, TcpState.Listen), (peer.Reason, peer.Subject.State));
    }
}
