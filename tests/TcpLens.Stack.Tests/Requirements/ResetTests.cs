using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Resets and what a blind attacker could send (RFC 9293 §3.5.2 and §3.5.3, RFC 5961).</summary>
public sealed class ResetTests
{
    private static readonly TcpSettings Window1000 = TcpSettings.Default with { ReceiveBuffer = 1000 };

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    [InlineData(50_000)]
    [Requirement("5961-1", "5961-4")]
    public void A_reset_outside_of_the_window_is_dropped_in_silence(int seq)
    {
        Peer peer = Peer.Established(Window1000);
        Assert.Equal("", peer.Give(ControlBits.Rst, seq: seq));
        Assert.Equal((DropReason.ResetUnbelieved, TcpState.Established), (peer.Reason, peer.Subject.State));
    }

    [Theory]
    [InlineData(ControlBits.Rst)]
    [InlineData(ControlBits.Rst | ControlBits.Ack)]
    [Requirement("5961-2", "MUST-12")]
    public void A_reset_of_exactly_the_next_number_ends_the_connection(ControlBits bits)
    {
        Peer peer = Peer.Established(Window1000);
        Assert.Equal("", peer.Give(bits, seq: 1));
        Assert.Equal((TcpState.Closed, ConnectionError.Reset), (peer.Subject.State, peer.Subject.Error));
        Assert.Equal(ConnectionEvents.Failed | ConnectionEvents.Closed, peer.Events);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    [Requirement("5961-3", "5961-4")]
    public void A_reset_elsewhere_in_the_window_is_challenged(int seq)
    {
        Peer peer = Peer.Established(Window1000);
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Rst, seq: seq));
        Assert.Equal((DropReason.ResetNotExact, TcpState.Established), (peer.Reason, peer.Subject.State));
        Assert.Equal(1, peer.Counters[TcpCounter.TCPChallengeACK]);
    }

    [Theory]
    [InlineData(-70_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(70_000)]
    [Requirement("5961-5")]
    public void A_SYN_of_any_number_is_challenged_and_changes_nothing(int seq)
    {
        Peer peer = Peer.Established(Window1000);
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Syn, seq: seq));
        Assert.Equal(TcpState.Established, peer.Subject.State);
        peer.Give(ControlBits.Ack, seq: 1, length: 10);
        Assert.Equal(10, peer.Subject.Readable);
    }

    [Fact]
    [Requirement("5961-6", "MAY-12")]
    public void Data_whose_ACK_no_live_segment_could_have_is_challenged_and_dropped()
    {
        Peer peer = Peer.Established(window: 1000);
        for (int i = 0; i < 5; i++)
        {
            peer.Send(1000);
            peer.Give(ControlBits.Ack, window: 1000);
        }

        Assert.Equal("ACK 5001 ack 1", peer.Give(ControlBits.Ack, ack: 4000, seq: 1, length: 10));
        Assert.Equal((DropReason.AckTooOld, 0), (peer.Reason, peer.Subject.Readable));
        Assert.Equal("ACK 5001 ack 1", peer.Give(ControlBits.Ack, ack: 5002, seq: 1, length: 10));
        Assert.Equal((DropReason.AckOfUnsentData, 0), (peer.Reason, peer.Subject.Readable));
        peer.Give(ControlBits.Ack, ack: 4001, seq: 1, length: 10);
        Assert.Equal(10, peer.Subject.Readable);
    }

    [Fact]
    [Requirement("5961-7")]
    public void Challenges_have_a_budget_that_is_each_connections_own()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { ChallengeAcksPerSecond = 3 });
        Peer other = Peer.Established(peer.Settings);
        Assert.Equal(3, Challenges(peer));
        Assert.Equal(3, Challenges(other));
        peer.Pass(1.0);
        Assert.Equal(3, Challenges(peer));

        static int Challenges(Peer peer)
            => Enumerable.Range(0, 10).Count(_ => peer.Give(ControlBits.Syn, seq: 5).Length > 0);
    }

    [Fact]
    [Requirement("5961-7")]
    public void What_is_outside_of_the_window_is_answered_within_that_budget_unless_it_brings_octets()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { ChallengeAcksPerSecond = 3 });
        Assert.Equal(3, Answers(peer, length: 0));
        Assert.Equal(10, Answers(peer, length: 10));

        static int Answers(Peer peer, int length)
            => Enumerable.Range(0, 10).Count(_ => peer.Give(ControlBits.Ack, seq: -70_000, length: length).Length > 0);
    }

    [Theory]
    [InlineData(ControlBits.Rst, 1, false)]
    [InlineData(ControlBits.Rst | ControlBits.Ack, 0, false)]
    [InlineData(ControlBits.Rst | ControlBits.Ack, 2, false)]
    [InlineData(ControlBits.Rst | ControlBits.Ack, 1, true)]
    [Requirement("5961-8")]
    public void In_SYN_SENT_a_reset_counts_when_it_acknowledges_the_SYN(ControlBits bits, int ack, bool counts)
    {
        Peer peer = Peer.Connecting();
        Assert.Equal("", peer.Give(bits, seq: 0, ack: ack));
        Assert.Equal(counts ? TcpState.Closed : TcpState.SynSent, peer.Subject.State);
        Assert.Equal(counts ? ConnectionError.Refused : ConnectionError.None, peer.Subject.Error);
    }

    [Fact]
    [Requirement("SHLD-2")]
    public void A_reset_may_carry_data()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Rst, length: 20);
        Assert.Equal(ConnectionError.Reset, peer.Subject.Error);
    }

    /// <summary>A number of 0 is 701 after our SYN, which was never sent.</summary>
    [Theory]
    [InlineData(ControlBits.Syn, 0, "RST+ACK 701 ack 1")]
    [InlineData(ControlBits.Syn, 10, "RST+ACK 701 ack 11")]
    [InlineData(ControlBits.Fin, 0, "RST+ACK 701 ack 1")]
    [InlineData(ControlBits.Ack, 0, "RST 77")]
    [InlineData(ControlBits.Fin | ControlBits.Ack, 5, "RST 77")]
    [InlineData(ControlBits.Rst, 0, "")]
    [InlineData(ControlBits.Rst | ControlBits.Ack, 0, "")]
    public void What_no_connection_explains_is_answered_with_a_reset_that_its_sender_can_believe(ControlBits bits, int length, string answer)
        => Assert.Equal(answer, new Peer().Give(bits, seq: 0, ack: 77, length: length));
}
