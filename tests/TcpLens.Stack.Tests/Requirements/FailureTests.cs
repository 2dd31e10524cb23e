using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>When nobody answers (RFC 9293 §3.8.3).</summary>
public sealed class FailureTests
{
    [Fact]
    [Requirement("MUST-20", "SHLD-9", "SHLD-10", "SHLD-11")]
    public void A_program_hears_of_trouble_first_and_of_the_end_after_a_hundred_seconds_and_more()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { Rack = false });
        Instant start = peer.Now;
        peer.Send(10);
        int sent = 0;
        ConnectionEvents events = ConnectionEvents.None;
        while ((events & ConnectionEvents.Trouble) == ConnectionEvents.None && sent < 20)
        {
            peer.Pass(0.1);
            sent += peer.Left.Count;
            events |= peer.Events;
        }

        Assert.Equal(3, sent);
        Assert.Equal(TcpState.Established, peer.Subject.State);
        peer.Pass(100 - (peer.Now - start).TotalSeconds);
        Assert.Equal(TcpState.Established, peer.Subject.State);
        peer.Pass(3600);
        Assert.Equal((TcpState.Closed, ConnectionError.TimedOut), (peer.Subject.State, peer.Subject.Error));
        Assert.Equal(ConnectionEvents.Failed | ConnectionEvents.Closed, peer.Events);
    }

    [Fact]
    [Requirement("MUST-21", "UTO-L")]
    public void A_program_chooses_how_long_that_may_take_from_a_second_to_ever()
    {
        Peer peer = Peer.Established();
        peer.Set(static options => options with { UserTimeout = TimeSpan.FromSeconds(5) });
        peer.Send(10);
        peer.Pass(4.9);
        Assert.Equal(TcpState.Established, peer.Subject.State);
        peer.Pass(0.2);
        Assert.Equal(ConnectionError.TimedOut, peer.Subject.Error);

        peer = Peer.Established();
        peer.Set(static options => options with { UserTimeout = TimeSpan.MaxValue });
        peer.Send(10);
        peer.Pass(30 * 24 * 3600.0);
        Assert.Equal(TcpState.Established, peer.Subject.State);
    }

    [Fact]
    [Requirement("UTO-L")]
    public void The_same_timeout_ends_a_connection_whose_window_stays_closed_without_an_answer()
    {
        Peer peer = Peer.Established(window: 0);
        peer.Set(static options => options with { UserTimeout = TimeSpan.FromSeconds(20) });
        peer.Send(10);
        peer.Pass(25);
        Assert.Equal(ConnectionError.TimedOut, peer.Subject.Error);
    }

    [Fact]
    [Requirement("MUST-22", "MUST-23")]
    public void A_SYN_is_repeated_in_the_same_way_for_three_minutes_at_least()
    {
        Peer peer = Peer.Connecting();
        peer.Pass(180);
        Assert.Equal(TcpState.SynSent, peer.Subject.State);
        Assert.Equal(ConnectionEvents.Trouble, peer.Events);
        peer.Pass(300);
        Assert.Equal((TcpState.Closed, ConnectionError.TimedOut), (peer.Subject.State, peer.Subject.Error));
    }

    [Fact]
    [Requirement("MUST-23", "MUST-22")]
    public void A_program_may_give_up_sooner_and_any_connection_may_be_refused()
    {
        Peer peer = Peer.Connecting();
        Assert.Equal("", peer.Close());
        Assert.Equal(TcpState.Closed, peer.Subject.State);

        peer = Peer.Connecting(TcpSettings.Default with { SynRetries = 1 });
        peer.Pass(3.1);
        Assert.Equal(ConnectionError.TimedOut, peer.Subject.Error);

        peer = Peer.Connecting();
        peer.Give(ControlBits.Rst | ControlBits.Ack, seq: 0);
        Assert.Equal(ConnectionError.Refused, peer.Subject.Error);
    }
}
