using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Managing windows (RFC 9293 §3.8.6).</summary>
public sealed class WindowTests
{
    [Fact]
    [Requirement("MUST-1", "REC-1", "5681-1")]
    public void Windows_are_unsigned_and_wider_than_sixteen_bits()
    {
        Peer peer = Peer.Established(options: Scaled(14), window: 0xffff);
        Assert.Equal(0xffffu << 14, peer.Subject.Status.SendWindow);

        peer = Peer.Established(window: 0x8000);
        peer.Send(40_000);
        Assert.Equal(10 * 1460, peer.Left.Sum(static segment => segment.Payload.Length));
    }

    [Fact]
    [Requirement("5681-1")]
    public void The_smaller_of_both_windows_limits_what_is_in_flight()
    {
        Peer peer = Peer.Established(window: 4380);
        peer.Send(40_000);
        Assert.Equal(4380, peer.Left.Sum(static segment => segment.Payload.Length));
    }

    [Fact]
    [Requirement("MUST-34", "SHLD-15", "SHLD-16", "MAY-7")]
    public void A_peer_that_takes_its_window_back_gets_nothing_new_and_what_is_inside_of_it_again()
    {
        Peer peer = Peer.Established();
        peer.Send(10 * 1460);
        peer.Give(ControlBits.Ack, ack: 1461, window: 2 * 1460);
        Assert.Equal("", peer.Send(5000));
        peer.Pass(1.0);
        Assert.NotEmpty(peer.Left);
        Assert.All(peer.Left, segment => Assert.InRange(segment.Segment.End - peer.Subject.Status.SendUnacknowledged, 1, 2 * 1460));
    }

    [Fact]
    [Requirement("SHLD-16", "MAY-7")]
    public void After_a_timeout_what_is_beyond_the_window_waits_though_the_congestion_window_has_room()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { Rack = false });
        peer.Send(5 * 1460);
        Assert.Equal("ACK 1+1460 ack 1", peer.Pass(0.3));
        peer.Give(ControlBits.Ack, ack: 1461, window: 1460, waits: true);
        Assert.Equal("ACK 1461+1460 ack 1", peer.Take());

        // Into a window of less than the first segment that is sent whole, to find out whether it opened.
        peer.Give(ControlBits.Ack, ack: 2921, window: 10, waits: true);
        peer.Take();
        Assert.Equal("ACK 2921+1460 ack 1", peer.Pass(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Requirement("MUST-35", "SHLD-17", "6429-1")]
    public void A_window_that_shrank_to_nothing_is_probed_and_the_connection_lives_while_probes_are_answered(int segments)
    {
        Peer peer = Peer.Established();
        peer.Send(segments * 1460);
        peer.Give(ControlBits.Ack, ack: 1, window: 0);
        int probes = 0;
        for (int i = 0; i < 4000; i++)
        {
            peer.Pass(1.0);
            probes += peer.Left.Count;
            if (peer.Left.Count > 0)
            {
                peer.Give(ControlBits.Ack, ack: 1, window: 0);
            }
        }

        Assert.InRange(probes, 20, 400);
        Assert.Equal(TcpState.Established, peer.Subject.State);
        Assert.Equal(segments > 1, peer.Give(ControlBits.Ack, ack: 1461).StartsWith("ACK 1461+1460 ack 1", StringComparison.Ordinal));
    }

    [Fact]
    [Requirement("MUST-34")]
    public void The_window_of_a_segment_that_was_overtaken_is_not_taken()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Ack, seq: 101, length: 100, window: 5000);
        peer.Give(ControlBits.Ack, seq: 1, length: 100, window: 100);
        Assert.Equal(5000u, peer.Subject.Status.SendWindow);
    }

    [Fact]
    [Requirement("SHLD-14", "MAY-8")]
    public void The_edge_that_was_promised_never_moves_back()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { ReceiveBuffer = 20_000 });
        uint edge = 20_000;
        for (int i = 0; i < 14; i++)
        {
            peer.Give(ControlBits.Ack, length: 1460 - (i * 7));
            if (peer.Left is [.., var last])
            {
                uint next = (uint)(last.Acknowledgment - peer.Subject.Status.ReceiveNext) + (uint)peer.Subject.Readable;
                Assert.True(next + last.Window.Raw >= edge, $"{next} + {last.Window.Raw}");
                edge = next + last.Window.Raw;
            }
        }

        Assert.Equal(20_000u, edge);
    }

    [Fact]
    public void An_ACK_without_octets_counts_at_the_far_edge_from_a_peer_that_filled_the_window()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { ReceiveBuffer = 1000 });
        peer.Send(10);
        Assert.Equal("", peer.Give(ControlBits.Ack, seq: 1001, ack: 11));
        Assert.Equal((DropReason.None, Peer.Ours(11)), (peer.Reason, peer.Subject.Status.SendUnacknowledged));
        peer.Give(ControlBits.Ack, seq: 1002, ack: 11);
        Assert.Equal(DropReason.OutsideWindow, peer.Reason);
    }

    [Fact]
    [Requirement("MUST-66")]
    public void A_reset_and_an_urgent_pointer_count_though_the_window_is_closed()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { ReceiveBuffer = 2920 });
        peer.Give(ControlBits.Ack, length: 1460);
        peer.Give(ControlBits.Ack, length: 1460);
        Assert.Equal(0, peer.Left[^1].Window.Raw);
        _ = peer.Events;

        peer.Give(ControlBits.Ack | ControlBits.Urg, urgent: 5);
        Assert.True(peer.Events.HasFlag(ConnectionEvents.Urgent));
        peer.Give(ControlBits.Rst);
        Assert.Equal((TcpState.Closed, ConnectionError.Reset), (peer.Subject.State, peer.Subject.Error));
    }

    internal static SegmentOptions Scaled(byte shift) => new()
    {
        Present = SegmentOptionSet.MaximumSegmentSize | SegmentOptionSet.WindowScale,
        MaximumSegmentSize = 1460,
        WindowScale = new(shift),
    };
}
