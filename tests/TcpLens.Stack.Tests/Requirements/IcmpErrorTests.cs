using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>ICMP errors (RFC 9293 §3.9.2.2, RFC 5461, RFC 5927).</summary>
public sealed class IcmpErrorTests
{
    [Fact]
    [Requirement("MUST-56", "MUST-47", "SHLD-25")]
    public void A_soft_error_is_told_and_ends_nothing()
    {
        Peer opening = Peer.Connecting();
        Tell(opening, ConnectionError.HostUnreachable, isHard: false);
        Assert.Equal((TcpState.SynSent, ConnectionError.HostUnreachable), (opening.Subject.State, opening.Subject.SoftError));
        Assert.Equal(ConnectionEvents.SoftError, opening.Events);

        Peer open = Peer.Established();
        open.Send(10);
        Tell(open, ConnectionError.NetworkUnreachable, isHard: false);
        Assert.Equal((TcpState.Established, ConnectionError.NetworkUnreachable), (open.Subject.State, open.Subject.SoftError));
        Assert.Equal(ConnectionEvents.SoftError, open.Events);
    }

    [Fact]
    [Requirement("MUST-47", "SHLD-25")]
    public void When_a_connection_times_out_the_soft_error_says_why()
    {
        Peer peer = Peer.Connecting();
        Tell(peer, ConnectionError.HostUnreachable, isHard: false);
        peer.Pass(600);
        Assert.Equal((TcpState.Closed, ConnectionError.HostUnreachable), (peer.Subject.State, peer.Subject.Error));
    }

    [Fact]
    [Requirement("SHLD-20")]
    public void A_program_can_say_that_it_does_not_want_to_hear_of_them()
    {
        Peer peer = Peer.Established();
        peer.Set(static options => options with { ReportsSoftErrors = false });
        peer.Send(10);
        Tell(peer, ConnectionError.NetworkUnreachable, isHard: false);
        Assert.Equal(ConnectionEvents.None, peer.Events);
    }

    [Fact]
    [Requirement("SHLD-26", "5927-1")]
    public void A_hard_error_ends_an_attempt_and_is_soft_for_a_connection()
    {
        Peer opening = Peer.Connecting();
        Tell(opening, ConnectionError.Refused, isHard: true);
        Assert.Equal((TcpState.Closed, ConnectionError.Refused), (opening.Subject.State, opening.Subject.Error));

        Peer open = Peer.Established();
        open.Send(10);
        Tell(open, ConnectionError.Refused, isHard: true);
        Assert.Equal((TcpState.Established, ConnectionError.Refused), (open.Subject.State, open.Subject.SoftError));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(100_000, false)]
    [Requirement("5927-1")]
    public void An_error_is_believed_when_it_quotes_a_number_in_flight(int offset, bool isBelieved)
    {
        Peer peer = Peer.Established();
        peer.Send(10);
        DropReason reason = peer.Subject.OnIcmp(peer.Only.Sequence + (uint)offset, ConnectionError.HostUnreachable, isHard: false, segmentSize: 0, peer.Now);
        Assert.Equal(isBelieved ? DropReason.None : DropReason.IcmpUnbelieved, reason);
        Assert.Equal(isBelieved ? ConnectionEvents.SoftError : ConnectionEvents.None, peer.Events);
    }

    private static void Tell(Peer peer, ConnectionError error, bool isHard)
        => Assert.Equal(DropReason.None, peer.Subject.OnIcmp(peer.Only.Sequence, error, isHard, segmentSize: 0, peer.Now));
}
