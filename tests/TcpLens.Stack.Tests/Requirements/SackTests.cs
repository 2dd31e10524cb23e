using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>What a receiver tells of what arrived beyond a hole, and of what arrived twice (RFC 2018, RFC 2883).</summary>
public sealed class SackTests
{
    private static readonly SegmentOptions Syn = new()
    {
        Present = SegmentOptionSet.MaximumSegmentSize | SegmentOptionSet.SackPermitted,
        MaximumSegmentSize = 1460,
    };

    [Fact]
    [Requirement("2018-1")]
    public void It_is_used_only_when_both_SYNs_permitted_it()
    {
        Peer peer = Peer.Listening();
        peer.Give(ControlBits.Syn, options: Syn);
        Assert.True(peer.Only.Options.Has(SegmentOptionSet.SackPermitted));

        peer = Peer.Listening();
        peer.Give(ControlBits.Syn, options: Peer.Mss());
        Assert.False(peer.Only.Options.Has(SegmentOptionSet.SackPermitted));

        Peer refused = Peer.Established();
        refused.Give(ControlBits.Ack, seq: 101, length: 100);
        Assert.False(refused.Only.Options.Has(SegmentOptionSet.Sack));
        Peer unwilling = Peer.Established(TcpSettings.Default with { SelectiveAcknowledgment = false }, Syn);
        unwilling.Give(ControlBits.Ack, seq: 101, length: 100);
        Assert.False(unwilling.Only.Options.Has(SegmentOptionSet.Sack));
    }

    [Fact]
    [Requirement("2018-2", "2018-3", "2018-4", "5681-11")]
    public void The_block_of_the_latest_segment_comes_first_then_those_that_were_told_before()
    {
        Peer peer = Peer.Established(options: Syn);
        Assert.Equal("101-201", AfterHole(peer, 101));
        Assert.Equal("301-401 101-201", AfterHole(peer, 301));
        Assert.Equal("501-601 301-401 101-201", AfterHole(peer, 501));
        Assert.Equal("101-401 501-601", AfterHole(peer, 201));
        Assert.Equal("701-801 101-401 501-601", AfterHole(peer, 701));
        Assert.Equal("901-1001 701-801 101-401 501-601", AfterHole(peer, 901));
        Assert.Equal("1101-1201 901-1001 701-801 101-401", AfterHole(peer, 1101));

        Assert.Equal("ACK 1 ack 401", peer.Give(ControlBits.Ack, seq: 1, length: 100));
        Assert.Equal("1101-1201 901-1001 701-801", Peer.SackText(peer.Only));

        static string AfterHole(Peer peer, int seq)
        {
            peer.Give(ControlBits.Ack, seq: seq, length: 100);
            return Peer.SackText(peer.Only);
        }
    }

    [Fact]
    [Requirement("2018-4", "MUST-16")]
    public void Beside_timestamps_there_is_room_for_three()
    {
        SegmentOptions options = Syn;
        options.Present |= SegmentOptionSet.Timestamps;
        options.TimestampValue = 5;
        Peer peer = Peer.Established(options: options);
        for (int i = 0; i < 5; i++)
        {
            peer.Give(ControlBits.Ack, seq: 101 + (200 * i), length: 100, options: Peer.Timestamp(5));
        }

        Assert.Equal("901-1001 701-801 501-601", Peer.SackText(peer.Only));
    }

    [Fact]
    [Requirement("2018-2")]
    public void Every_ACK_has_the_blocks_while_a_hole_is_there()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Give(ControlBits.Ack, seq: 101, length: 100);
        peer.Send(10);
        Assert.Equal("101-201", Peer.SackText(peer.Only));
        peer.Give(ControlBits.Ack, seq: 1, length: 50);
        Assert.Equal("101-201", Peer.SackText(peer.Only));
        peer.Give(ControlBits.Ack, seq: 51, length: 50);
        Assert.Equal("", Peer.SackText(peer.Only));
    }

    [Fact]
    [Requirement("2883-1")]
    public void What_came_twice_below_the_acknowledgment_is_named_first_and_once()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Give(ControlBits.Ack, length: 500);
        Assert.Equal("ACK 1 ack 501", peer.Give(ControlBits.Ack, seq: 101, length: 100));
        Assert.Equal("101-201", Peer.SackText(peer.Only));
        peer.Give(ControlBits.Ack, seq: 601, length: 100);
        Assert.Equal("601-701", Peer.SackText(peer.Only));
        peer.Give(ControlBits.Ack, seq: 1, length: 100);
        Assert.Equal("1-101 601-701", Peer.SackText(peer.Only));
    }

    [Fact]
    [Requirement("2883-1")]
    public void What_came_twice_beyond_a_hole_is_named_before_the_block_it_lies_in()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Give(ControlBits.Ack, seq: 101, length: 300);
        peer.Give(ControlBits.Ack, seq: 201, length: 100);
        Assert.Equal("201-301 101-401", Peer.SackText(peer.Only));
    }

    [Fact]
    [Requirement("2883-1")]
    public void Of_two_pieces_that_came_twice_in_one_segment_the_first_is_named()
    {
        Peer peer = Peer.Established(options: Syn);
        peer.Give(ControlBits.Ack, length: 100);
        peer.Give(ControlBits.Ack, seq: 201, length: 100);
        Assert.Equal("ACK 1 ack 301", peer.Give(ControlBits.Ack, seq: 51, length: 200));
        Assert.Equal("51-101", Peer.SackText(peer.Only));
    }
}
