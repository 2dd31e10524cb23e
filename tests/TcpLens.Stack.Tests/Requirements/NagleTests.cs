using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Small segments (RFC 9293 §3.7.4).</summary>
public sealed class NagleTests
{
    [Fact]
    [Requirement("SHLD-7", "MAY-16")]
    public void A_small_segment_waits_while_another_is_in_flight()
    {
        Peer peer = Peer.Established();
        Assert.Equal("PSH+ACK 1+10 ack 1", peer.Send(10));
        Assert.Equal("", peer.Send(20));
        Assert.Equal("", peer.Send(30));
        Assert.Equal("PSH+ACK 11+50 ack 1", peer.Give(ControlBits.Ack));
    }

    [Fact]
    [Requirement("SHLD-7", "SHLD-28")]
    public void A_full_segment_waits_for_nothing()
    {
        Peer peer = Peer.Established();
        peer.Send(10);
        Assert.Equal("ACK 11+1460 ack 1", peer.Send(1500));
    }

    [Fact]
    [Requirement("SHLD-7", "MUST-38", "SHLD-28")]
    public void In_a_burst_for_a_device_that_segments_the_small_end_waits_too()
    {
        Peer peer = Peer.Established(start: new() { MaximumBurst = 60_000 });
        peer.Send(10);
        Assert.Equal("ACK 11+2920 ack 1", peer.Send(2925));
        Assert.Equal("PSH+ACK 2931+5 ack 1", peer.Give(ControlBits.Ack));
    }

    [Fact]
    [Requirement("MUST-17")]
    public void A_program_can_turn_that_off_and_on_for_one_connection()
    {
        Peer peer = Peer.Established();
        peer.Send(10);
        peer.Set(static options => options with { NoDelay = true });
        Assert.Equal("PSH+ACK 11+10 ack 1", peer.Send(10));
        peer.Set(static options => options with { NoDelay = false });
        Assert.Equal("", peer.Send(10));
        Assert.False(ConnectionOptions.Default.NoDelay);
    }

    [Fact]
    [Requirement("SHLD-7")]
    public void The_last_octets_before_a_FIN_wait_for_nothing()
    {
        Peer peer = Peer.Established();
        peer.Send(10);
        Assert.Equal("", peer.Send(20));
        Assert.Equal("FIN+PSH+ACK 11+20 ack 1", peer.CloseSending());
    }

    [Fact]
    [Requirement("MUST-60")]
    public void What_waits_does_not_wait_for_ever()
    {
        Peer peer = Peer.Established();
        peer.Set(static options => options with { Cork = true });
        Assert.Equal("", peer.Send(10));
        Assert.Equal("PSH+ACK 1+10 ack 1", peer.Pass(0.2));
    }
}
