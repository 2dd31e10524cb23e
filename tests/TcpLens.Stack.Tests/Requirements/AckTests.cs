using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>When data is acknowledged (RFC 9293 §3.8.6.3, RFC 5681 §4.2).</summary>
public sealed class AckTests
{
    private static readonly TcpSettings Patient = TcpSettings.Default with { QuickAcks = 0 };

    [Fact]
    [Requirement("MUST-40", "SHLD-18", "5681-12")]
    public void A_lone_segment_is_acknowledged_after_a_while_of_less_than_half_a_second()
    {
        Peer peer = Peer.Established(Patient);
        Instant arrived = peer.Now;
        Assert.Equal("", peer.Give(ControlBits.Ack, length: 100));
        Assert.Equal("ACK 1 ack 101", peer.Pass(0.499));
        Assert.Equal(Patient.DelayedAck, peer.LeftAt[0] - arrived);
        Assert.InRange(TcpSettings.Default.DelayedAck, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    [Requirement("SHLD-19", "MUST-58", "5681-12", "5681-13")]
    public void Every_second_full_segment_is_acknowledged_at_once_and_both_by_one_ACK()
    {
        Peer peer = Peer.Established(Patient);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("", peer.Give(ControlBits.Ack, length: 1460));
            Assert.Equal($"ACK 1 ack {1 + (2920 * (i + 1))}", peer.Give(ControlBits.Ack, length: 1460));
        }
    }

    [Fact]
    [Requirement("SHLD-18")]
    public void An_ACK_that_waits_rides_on_data()
    {
        Peer peer = Peer.Established(Patient);
        peer.Give(ControlBits.Ack, length: 100);
        Assert.Equal("PSH+ACK 1+10 ack 101", peer.Send(10));
        peer.Give(ControlBits.Ack);
        Assert.Equal("", peer.Pass(1));
    }

    [Fact]
    [Requirement("MUST-59", "MUST-58")]
    public void All_segments_that_are_there_are_processed_before_an_ACK_leaves()
    {
        Peer peer = Peer.Established(Patient);
        for (int i = 0; i < 6; i++)
        {
            peer.Give(ControlBits.Ack, length: 1460, waits: true);
        }

        Assert.Equal("ACK 1 ack 8761", peer.Take());
    }

    [Fact]
    [Requirement("MAY-13", "SHLD-31", "5681-11")]
    public void A_segment_out_of_order_is_held_and_answered_at_once_and_so_is_the_one_that_fills_the_hole()
    {
        Peer peer = Peer.Established(Patient);
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Ack, seq: 101, length: 100));
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Ack, seq: 301, length: 100));
        Assert.Equal(0, peer.Subject.Readable);
        Assert.Equal("ACK 1 ack 201", peer.Give(ControlBits.Ack, seq: 1, length: 100));
        Assert.Equal("ACK 1 ack 401", peer.Give(ControlBits.Ack, seq: 201, length: 100));
        peer.Holds(1, 400);
    }

    [Fact]
    [Requirement("5681-13")]
    public void Nothing_but_data_and_what_is_unacceptable_is_answered_with_an_ACK()
    {
        Peer peer = Peer.Established();
        Assert.Equal("", peer.Give(ControlBits.Ack));
        Assert.Equal("", peer.Give(ControlBits.Ack, window: 100));
        Assert.Equal("", peer.Pass(60));
    }

    [Fact]
    [Requirement("SHLD-31")]
    public void Whatever_overlaps_the_first_octet_to_arrive_for_a_number_stays()
    {
        Peer peer = Peer.Established(Patient);
        peer.Give(ControlBits.Ack, seq: 51, length: 100);
        peer.Give(ControlBits.Ack, seq: 201, length: 50);
        peer.Give(ControlBits.Ack, seq: 101, length: 120);
        peer.Give(ControlBits.Ack, seq: 1, length: 300);
        peer.Holds(1, 300);
    }

    [Fact]
    [Requirement("5681-13")]
    public void Data_carries_the_ACKs_of_all_that_came_out_of_order()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Ack, seq: 101, length: 100, waits: true);
        peer.Give(ControlBits.Ack, seq: 301, length: 100, waits: true);
        Assert.Equal("PSH+ACK 1+10 ack 1", peer.Send(10));
    }

    [Fact]
    public void What_has_no_ACK_is_dropped_in_silence()
    {
        Peer peer = Peer.Established();
        Assert.Equal("", peer.Give(ControlBits.None, length: 10));
        Assert.Equal((DropReason.NoAcknowledgment, 0), (peer.Reason, peer.Subject.Readable));
    }

    [Fact]
    [Requirement("SHLD-19")]
    public void Two_segments_that_a_device_made_one_count_as_two()
    {
        Peer peer = Peer.Established(Patient);
        Assert.Equal("ACK 1 ack 2921", peer.Give(ControlBits.Ack, length: 2920));
    }

    [Fact]
    [Requirement("5681-11")]
    public void What_begins_with_octets_that_came_before_is_acknowledged_at_once()
    {
        Peer peer = Peer.Established(Patient);
        peer.Give(ControlBits.Ack, length: 100);
        peer.Pass(1);
        Assert.Equal("ACK 1 ack 151", peer.Give(ControlBits.Ack, seq: 51, length: 100));
    }

    [Fact]
    [Requirement("5681-11", "MAY-13")]
    public void Each_segment_out_of_order_has_an_ACK_of_its_own_though_they_came_together()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Ack, seq: 101, length: 100, waits: true);
        peer.Give(ControlBits.Ack, seq: 301, length: 100, waits: true);
        Assert.Equal("ACK 1 ack 1; ACK 1 ack 1", peer.Take());
    }
}
