using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>PSH, and how octets become segments (RFC 9293 §3.9.1.2).</summary>
public sealed class PushTests
{
    [Fact]
    public void A_program_that_wanted_more_room_hears_when_a_third_of_it_is_free()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { SendBuffer = 3000 });
        Assert.Equal(3000, peer.Subject.Send(new byte[5000], peer.Now));
        peer.Take();
        peer.Give(ControlBits.Ack, ack: 900);
        Assert.False(peer.Events.HasFlag(ConnectionEvents.Writable));
        peer.Give(ControlBits.Ack, ack: 1001);
        Assert.True(peer.Events.HasFlag(ConnectionEvents.Writable));
        peer.Give(ControlBits.Ack, ack: 2001);
        Assert.False(peer.Events.HasFlag(ConnectionEvents.Writable));
    }

    [Fact]
    [Requirement("MUST-60", "MUST-61", "SHLD-28", "SHLD-27")]
    public void The_last_of_what_is_queued_says_PSH_and_all_before_it_are_full()
    {
        Peer peer = Peer.Established();
        Assert.Equal("ACK 1+1460 ack 1; ACK 1461+1460 ack 1; PSH+ACK 2921+80 ack 1", peer.Send(3000));
    }

    [Fact]
    [Requirement("SHLD-27", "MAY-16", "SHLD-28")]
    public void Many_small_writes_become_one_segment_with_one_PSH()
    {
        Peer peer = Peer.Established();
        peer.Send(1);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal("", peer.Send(10));
        }

        Assert.Equal("PSH+ACK 2+1000 ack 1", peer.Give(ControlBits.Ack));
    }

    [Fact]
    [Requirement("MUST-60")]
    public void What_was_received_is_there_for_the_program_with_PSH_or_without()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Ack, length: 10);
        Assert.Equal(10, peer.Subject.Readable);
        Assert.True(peer.Events.HasFlag(ConnectionEvents.Readable));
        peer.Give(ControlBits.Ack | ControlBits.Psh, length: 10);
        Assert.Equal(20, peer.Subject.Readable);
    }
}
