using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Closing (RFC 9293 §3.6).</summary>
public sealed class ClosingTests
{
    [Fact]
    [Requirement("MUST-12")]
    public void A_program_can_tell_an_end_from_an_abort()
    {
        Peer closed = Peer.Established();
        closed.Give(ControlBits.Fin | ControlBits.Ack);
        Assert.True(closed.Events.HasFlag(ConnectionEvents.PeerClosed));
        Assert.Equal((true, ConnectionError.None), (closed.Subject.HasPeerClosed, closed.Subject.Error));

        Peer aborted = Peer.Established();
        aborted.Give(ControlBits.Rst);
        Assert.Equal(ConnectionEvents.Failed | ConnectionEvents.Closed, aborted.Events);
        Assert.Equal((false, ConnectionError.Reset), (aborted.Subject.HasPeerClosed, aborted.Subject.Error));
    }

    [Fact]
    [Requirement("MUST-13")]
    public void The_first_to_close_stays_in_TIME_WAIT_for_two_lifetimes()
    {
        Peer peer = InTimeWait();
        Assert.Equal("", peer.Pass(peer.Settings.TimeWait - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(TcpState.TimeWait, peer.Subject.State);
        peer.Pass(0.001);
        Assert.Equal(TcpState.Closed, peer.Subject.State);
        Assert.True(TcpSettings.Default.TimeWait >= TimeSpan.FromSeconds(60));
    }

    [Fact]
    [Requirement("MUST-13")]
    public void A_FIN_that_comes_again_is_answered_and_begins_the_two_lifetimes_anew()
    {
        Peer peer = InTimeWait();
        peer.Pass(50);
        Assert.Equal("ACK 2 ack 2", peer.Give(ControlBits.Fin | ControlBits.Ack, seq: 1));
        peer.Pass(59);
        Assert.Equal(TcpState.TimeWait, peer.Subject.State);
        peer.Pass(2);
        Assert.Equal(TcpState.Closed, peer.Subject.State);
    }

    [Fact]
    [Requirement("SHLD-3", "MAY-1")]
    public void Octets_that_nobody_read_or_will_read_are_answered_with_a_reset()
    {
        Peer unread = Peer.Established();
        unread.Give(ControlBits.Ack, length: 10);
        Assert.Equal("RST+ACK 1 ack 11", unread.Close());

        Peer late = Peer.Established();
        Assert.Equal("FIN+ACK 1 ack 1", late.Close());
        Assert.Equal("RST 2", late.Give(ControlBits.Ack, length: 10));
        Assert.Equal((TcpState.Closed, DropReason.NobodyReads), (late.Subject.State, late.Reason));
    }

    [Fact]
    [Requirement("MAY-1")]
    public void Half_a_close_leaves_the_other_direction_open()
    {
        Peer peer = Peer.Established();
        Assert.Equal("FIN+ACK 1 ack 1", peer.CloseSending());
        peer.Give(ControlBits.Ack, length: 10);
        peer.Give(ControlBits.Ack, length: 10);
        peer.Holds(1, 20);
        Assert.Equal(TcpState.FinWait2, peer.Subject.State);
        peer.Pass(24 * 3600);
        Assert.Equal("ACK 2 ack 22", peer.Give(ControlBits.Fin | ControlBits.Ack));
        Assert.Equal(TcpState.TimeWait, peer.Subject.State);
    }

    [Fact]
    public void Both_ends_may_close_at_once()
    {
        Peer peer = Peer.Established();
        peer.CloseSending();
        Assert.Equal("ACK 2 ack 2", peer.Give(ControlBits.Fin | ControlBits.Ack, ack: 1));
        Assert.Equal(TcpState.Closing, peer.Subject.State);
        peer.Give(ControlBits.Ack, ack: 2);
        Assert.Equal(TcpState.TimeWait, peer.Subject.State);
    }

    [Fact]
    public void A_FIN_that_came_before_the_octets_in_front_of_it_waits_for_its_turn()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Fin | ControlBits.Ack, seq: 11, length: 10);
        Assert.Equal(TcpState.Established, peer.Subject.State);
        Assert.Equal("ACK 1 ack 22", peer.Give(ControlBits.Ack, seq: 1, length: 10));
        Assert.Equal(TcpState.CloseWait, peer.Subject.State);
        peer.Holds(1, 20);
    }

    [Fact]
    public void What_a_program_let_go_does_not_wait_for_ever_for_the_peers_FIN()
    {
        Peer peer = Peer.Established();
        peer.Close();
        peer.Give(ControlBits.Ack);
        Assert.Equal(TcpState.FinWait2, peer.Subject.State);
        peer.Pass(59);
        Assert.Equal(TcpState.FinWait2, peer.Subject.State);
        peer.Pass(2);
        Assert.Equal(TcpState.Closed, peer.Subject.State);

        Peer held = Peer.Established();
        held.CloseSending();
        held.Give(ControlBits.Ack);
        held.Pass(3600);
        Assert.Equal(TcpState.FinWait2, held.Subject.State);
    }

    [Fact]
    public void Octets_that_came_before_are_no_reason_to_reset_what_was_closed()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Ack, length: 10);
        peer.Read(10);
        peer.Close();
        Assert.Equal("ACK 2 ack 12", peer.Give(ControlBits.Fin | ControlBits.Ack, seq: 6, length: 5, ack: 1));
        Assert.Equal(TcpState.Closing, peer.Subject.State);
    }

    [Fact]
    public void Without_a_program_an_end_that_nobody_answers_is_given_up_sooner()
    {
        Peer peer = Peer.Established();
        peer.Send(10);
        peer.Close();
        peer.Pass(90);
        Assert.Equal(TcpState.FinWait1, peer.Subject.State);
        peer.Pass(60);
        Assert.Equal(TcpState.Closed, peer.Subject.State);
    }

    [Fact]
    public void In_TIME_WAIT_octets_that_are_not_read_reset_nothing()
    {
        Peer peer = Peer.Established();
        peer.CloseSending();
        peer.Give(ControlBits.Fin | ControlBits.Ack, length: 10);
        Assert.Equal("", peer.Close());
        Assert.Equal(TcpState.TimeWait, peer.Subject.State);
    }

    [Fact]
    public void An_abort_after_the_peers_FIN_says_so()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Fin | ControlBits.Ack);
        Assert.Equal("RST+ACK 1 ack 2", peer.Abort());
    }

    [Fact]
    public void A_FIN_before_its_turn_and_octets_behind_it_are_answered_at_once()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { QuickAcks = 0 });
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Fin | ControlBits.Ack, seq: 101));
        Assert.Equal("ACK 1 ack 102", peer.Give(ControlBits.Ack, seq: 1, length: 100));
        Assert.Equal(TcpState.CloseWait, peer.Subject.State);
        Assert.Equal("ACK 1 ack 102", peer.Give(ControlBits.Ack, seq: 102, length: 10));
        Assert.Equal(DropReason.BeyondFin, peer.Reason);
    }

    internal static Peer InTimeWait(TcpSettings? settings = null, SegmentOptions? options = null)
    {
        Peer peer = Peer.Established(settings, options);
        peer.CloseSending();
        peer.Give(ControlBits.Fin | ControlBits.Ack, options: options is { TimestampValue: > 0 } with ? Peer.Timestamp(with.TimestampValue) : null);
        Assert.Equal(TcpState.TimeWait, peer.Subject.State);
        return peer;
    }
}
