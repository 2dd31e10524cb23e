using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Probing a closed window (RFC 9293 §3.8.6.1).</summary>
public sealed class ZeroWindowTests
{
    [Fact]
    [Requirement("MUST-36", "SHLD-29", "SHLD-30")]
    public void Probes_begin_after_one_timeout_and_come_ever_more_rarely()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { MaximumRto = TimeSpan.FromSeconds(60) }, window: 0);
        Instant start = peer.Now;
        Assert.Equal("", peer.Send(100));
        Assert.StartsWith("ACK 1+1 ack 1; ACK 1+1 ack 1", peer.Pass(60));
        Assert.Equal(0.2, (peer.LeftAt[0] - start).TotalSeconds, 0.01);
        Assert.Equal([0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6], peer.Gaps());
        peer.Pass(200);
        Assert.All(peer.Gaps(), static gap => Assert.Equal(60, gap));
    }

    [Fact]
    [Requirement("MUST-37", "MAY-8", "6429-1")]
    public void A_window_may_stay_closed_for_a_day_while_probes_are_answered()
    {
        Peer peer = Peer.Established(window: 0);
        peer.Send(100);
        for (int i = 0; i < 24 * 60; i++)
        {
            peer.Pass(60);
            peer.Give(ControlBits.Ack, ack: 1, window: 0);
        }

        Assert.Equal(TcpState.Established, peer.Subject.State);
        Assert.Equal("PSH+ACK 1+100 ack 1", peer.Give(ControlBits.Ack, ack: 1));
    }

    [Fact]
    [Requirement("MUST-37", "UTO-L")]
    public void Probes_that_are_answered_do_not_use_up_the_programs_timeout()
    {
        Peer peer = Peer.Established(window: 0);
        peer.Set(static options => options with { UserTimeout = TimeSpan.FromSeconds(20) });
        peer.Send(100);
        for (int i = 0; i < 60; i++)
        {
            peer.Pass(5);
            peer.Give(ControlBits.Ack, ack: 1, window: 0);
        }

        Assert.Equal(TcpState.Established, peer.Subject.State);
    }

    [Fact]
    [Requirement("MUST-36")]
    public void The_octet_of_a_probe_that_was_taken_is_not_sent_again()
    {
        Peer peer = Peer.Established(window: 0);
        peer.Send(100);
        Assert.Equal("ACK 1+1 ack 1", peer.Pass(0.3));
        Assert.Equal("PSH+ACK 2+99 ack 1", peer.Give(ControlBits.Ack, ack: 2));
        peer.Give(ControlBits.Ack, ack: 102);
        Assert.Equal(DropReason.AckOfUnsentData, peer.Reason);
    }

    [Fact]
    [Requirement("MUST-36", "5961-6")]
    public void The_octet_of_a_probe_that_was_not_taken_counts_no_more_once_it_was_sent_again()
    {
        Peer peer = Peer.Established(window: 0);
        peer.Send(100);
        Assert.Equal("ACK 1+1 ack 1", peer.Pass(0.3));
        Assert.Equal("PSH+ACK 1+100 ack 1", peer.Give(ControlBits.Ack, ack: 1));
        peer.Give(ControlBits.Ack, ack: 102);
        Assert.Equal((DropReason.AckOfUnsentData, Peer.Ours(1)), (peer.Reason, peer.Subject.Status.SendUnacknowledged));
    }

    [Fact]
    [Requirement("6429-1", "MUST-20")]
    public void Probes_that_nobody_answers_end_the_connection_and_so_may_the_program()
    {
        Peer peer = Peer.Established(window: 0);
        peer.Send(100);
        peer.Pass(3600);
        Assert.Equal(ConnectionError.TimedOut, peer.Subject.Error);

        peer = Peer.Established(window: 0);
        peer.Send(100);
        Assert.Equal("RST+ACK 1 ack 1", peer.Abort());
    }
}
