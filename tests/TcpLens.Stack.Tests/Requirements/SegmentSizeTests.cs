using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>How long segments are (RFC 9293 §3.7.1 and §3.7.2, RFC 6691, RFC 8201).</summary>
public sealed class SegmentSizeTests
{
    [Theory]
    [InlineData(1460)]
    [InlineData(536)]
    [InlineData(8940)]
    [Requirement("MUST-14", "MUST-67", "SHLD-5", "MAY-3")]
    public void Both_SYNs_say_what_the_link_can_bring(int linkSize)
    {
        var start = new ConnectionStart { LinkSegmentSize = (ushort)linkSize };
        Peer peer = Peer.Connecting(start: start);
        Assert.Equal(linkSize, peer.Only.Options.MaximumSegmentSize);
        Assert.True(peer.Only.Options.Has(SegmentOptionSet.MaximumSegmentSize));

        peer = Peer.Listening(start: start);
        peer.Give(ControlBits.Syn);
        Assert.True(peer.Only.Options.Has(SegmentOptionSet.MaximumSegmentSize));
        Assert.Equal(linkSize, peer.Only.Options.MaximumSegmentSize);
    }

    [Theory]
    [InlineData(536)]
    [InlineData(1220)]
    [Requirement("MUST-15")]
    public void A_peer_that_says_nothing_gets_what_every_host_of_its_family_takes(int size)
    {
        Peer peer = Peer.Established(options: default(SegmentOptions), start: new() { DefaultSegmentSize = (ushort)size });
        Assert.StartsWith($"ACK 1+{size} ack 1; ACK {1 + size}+{size} ack 1", peer.Send(5000), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1460, 1460, 1448)]
    [InlineData(1000, 1460, 988)]
    [InlineData(9000, 1460, 1448)]
    [Requirement("MUST-14", "MUST-16")]
    public void A_segment_holds_what_both_peer_and_link_take_less_the_options_it_carries(int theirs, int link, int payload)
    {
        SegmentOptions options = Peer.Mss((ushort)theirs);
        options.Present |= SegmentOptionSet.Timestamps | SegmentOptionSet.SackPermitted;
        options.TimestampValue = 1;
        Peer peer = Peer.Established(options: options, start: new() { LinkSegmentSize = (ushort)link });
        peer.Send(5000);
        Assert.Equal(payload, peer.Left[0].Payload.Length);

        peer.Give(ControlBits.Ack, options: Peer.Timestamp(2));
        peer.Give(ControlBits.Ack, seq: 101, length: 100, options: Peer.Timestamp(2), waits: true);
        peer.Send(5000);
        SentCopy withBlock = peer.Left[0];
        Assert.Equal("101-201", Peer.SackText(withBlock));
        Assert.Equal(payload - 12, withBlock.Payload.Length);
    }

    [Fact]
    [Requirement("MUST-65", "7323-1", "2018-1")]
    public void Only_SYNs_say_what_only_SYNs_may()
    {
        const SegmentOptionSet ofSyns = SegmentOptionSet.MaximumSegmentSize | SegmentOptionSet.WindowScale | SegmentOptionSet.SackPermitted;
        Ends ends = Ends.Connected();
        ends.Client.Send(new byte[50_000], ends.Now);
        ends.Loses = static (_, segment) => segment.Payload.Length > 0 && segment.Sequence.Value % 7 == 0;
        ends.Run(TimeSpan.FromSeconds(5));
        ends.Client.Close(ends.Now);
        ends.Run(TimeSpan.FromSeconds(5));
        Assert.True(ends.Sent.Count > 30);
        Assert.All(ends.Sent, one => Assert.Equal(
            one.Segment.Has(ControlBits.Syn) ? ofSyns : SegmentOptionSet.None, one.Segment.Options.Present & ofSyns));
    }

    [Fact]
    [Requirement("MUST-16")]
    public void A_path_that_takes_less_gets_less_and_what_was_too_long_again()
    {
        Peer peer = Peer.Established();
        peer.Send(2920);
        SeqNum first = peer.Left[0].Sequence;
        peer.Subject.OnIcmp(first, ConnectionError.MessageSize, isHard: false, segmentSize: 1200, peer.Now);
        peer.Pass(0.001);
        Assert.StartsWith("ACK 1+1200 ack 1", string.Join("; ", peer.Left.Select(segment => $"ACK 1+{segment.Payload.Length} ack 1")), StringComparison.Ordinal);
        Assert.All(peer.Left, static segment => Assert.InRange(segment.Payload.Length, 1, 1200));
    }

    [Fact]
    [Requirement("MUST-15")]
    public void An_MSS_of_zero_says_nothing()
    {
        Peer peer = Peer.Established(options: Peer.Mss(0));
        peer.Send(1000);
        Assert.Equal(536, peer.Left[0].Payload.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(47)]
    [InlineData(48)]
    public void A_peer_that_asks_for_hardly_more_than_headers_gets_48_octets(int theirs)
    {
        Peer peer = Peer.Established(options: Peer.Mss((ushort)theirs));
        Assert.Equal("ACK 1+48 ack 1; PSH+ACK 49+48 ack 1", peer.Send(96));
    }
}
