using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Urgent data (RFC 9293 §3.8.5, RFC 6093).</summary>
public sealed class UrgentTests
{
    [Fact]
    [Requirement("MUST-30", "MUST-62")]
    public void The_pointer_leads_to_the_octet_after_the_urgent_data()
    {
        Peer peer = Peer.Established();
        Assert.Equal("PSH+ACK+URG 1+10 ack 1", peer.Send(10, isUrgent: true));
        Assert.Equal(10, peer.Only.UrgentPointer);
    }

    [Fact]
    [Requirement("MUST-31", "MUST-62")]
    public void Urgent_data_may_be_longer_than_the_pointer_can_say()
    {
        Peer peer = Peer.Established(options: WindowTests.Scaled(4));
        peer.Send(100_000, isUrgent: true);
        Assert.All(peer.Left, static segment => Assert.Equal((true, ushort.MaxValue), (segment.Has(ControlBits.Urg), segment.UrgentPointer)));

        int sent = 10 * 1460;
        while (sent < 100_000)
        {
            peer.Give(ControlBits.Ack);
            sent += peer.Left.Sum(static segment => segment.Payload.Length);
        }

        SentCopy last = peer.Left[^1];
        Assert.Equal(last.Payload.Length, last.UrgentPointer);
        peer.Give(ControlBits.Ack);
        peer.Send(10);
        Assert.False(peer.Only.Has(ControlBits.Urg));
    }

    [Fact]
    [Requirement("MUST-30", "MUST-31", "MUST-32", "MUST-33")]
    public void A_program_hears_of_urgent_data_before_it_came_and_learns_how_far_it_goes()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Ack | ControlBits.Urg, length: 10, urgent: 30);
        Assert.True(peer.Events.HasFlag(ConnectionEvents.Urgent));
        Assert.Equal(30, peer.Subject.UrgentOctets);
        peer.Read(10);
        Assert.Equal(20, peer.Subject.UrgentOctets);

        peer.Give(ControlBits.Ack | ControlBits.Urg, length: 10, urgent: 40);
        Assert.True(peer.Events.HasFlag(ConnectionEvents.Urgent));
        Assert.Equal(40, peer.Subject.UrgentOctets);
        peer.Give(ControlBits.Ack | ControlBits.Urg, seq: 21, length: 5, urgent: 25);
        Assert.False(peer.Events.HasFlag(ConnectionEvents.Urgent));
        Assert.Equal(40, peer.Subject.UrgentOctets);
        peer.Give(ControlBits.Ack, length: 25);
        Assert.False(peer.Events.HasFlag(ConnectionEvents.Urgent));
        peer.Read(39);
        Assert.Equal(1, peer.Subject.UrgentOctets);
        peer.Read(1);
        Assert.Equal(0, peer.Subject.UrgentOctets);
        peer.Holds(51, 0);
    }

    [Fact]
    [Requirement("MUST-32")]
    public void What_is_not_ahead_is_not_urgent_nor_is_anything_after_the_FIN()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Ack | ControlBits.Urg, length: 10, urgent: 0);
        Assert.False(peer.Events.HasFlag(ConnectionEvents.Urgent));
        peer.Give(ControlBits.Fin | ControlBits.Ack);
        peer.Give(ControlBits.Ack | ControlBits.Urg, urgent: 30);
        Assert.False(peer.Events.HasFlag(ConnectionEvents.Urgent));
    }

    [Fact]
    [Requirement("MUST-30")]
    public void Urgent_octets_do_not_wait_for_others_to_be_acknowledged()
    {
        Peer peer = Peer.Established();
        peer.Send(10);
        Assert.Equal("PSH+ACK+URG 11+5 ack 1", peer.Send(5, isUrgent: true));
    }
}
