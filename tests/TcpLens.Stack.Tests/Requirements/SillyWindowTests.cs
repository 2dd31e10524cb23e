using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Against silly windows, on both sides (RFC 9293 §3.8.6.2).</summary>
public sealed class SillyWindowTests
{
    [Fact]
    [Requirement("MUST-38")]
    public void A_small_part_of_the_window_is_not_used_at_once()
    {
        Peer peer = Peer.Established(window: 4000);
        peer.Set(static options => options with { NoDelay = true });
        peer.Send(1460);
        Assert.Equal("", peer.Give(ControlBits.Ack, window: 100));
        Assert.Equal("", peer.Send(3000));
        Assert.Equal("", peer.Give(ControlBits.Ack, window: 1459));
        Assert.Equal("ACK 1461+1460 ack 1", peer.Give(ControlBits.Ack, window: 1460));
    }

    [Fact]
    [Requirement("MUST-38")]
    public void What_stays_small_is_sent_when_waiting_has_been_in_vain()
    {
        Peer peer = Peer.Established(window: 4000);
        peer.Send(1460);
        peer.Give(ControlBits.Ack, window: 100);
        Assert.Equal("", peer.Send(3000));
        peer.Pass(1.0);
        Assert.NotEmpty(peer.Left);
    }

    [Fact]
    [Requirement("MUST-38")]
    public void Half_of_the_largest_window_is_worth_a_segment()
    {
        Peer peer = Peer.Established(window: 1000);
        Assert.Equal("ACK 1+1000 ack 1", peer.Send(3000));
        Assert.Equal("", peer.Give(ControlBits.Ack, window: 499));
        Assert.Equal("ACK 1001+500 ack 1", peer.Give(ControlBits.Ack, window: 500));
    }

    [Fact]
    [Requirement("MUST-39")]
    public void A_window_that_was_closed_opens_by_no_less_than_a_segment()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { ReceiveBuffer = 7300 });
        for (int i = 0; i < 5; i++)
        {
            peer.Give(ControlBits.Ack, length: 1460);
        }

        Assert.Equal(0, peer.Left[^1].Window.Raw);
        Assert.Equal("", peer.Read(1000));
        peer.Give(ControlBits.Ack, seq: 1, length: 1);
        Assert.Equal(0, peer.Only.Window.Raw);
        peer.Read(460);
        peer.Give(ControlBits.Ack, seq: 1, length: 1);
        Assert.Equal(1460, peer.Only.Window.Raw);
    }

    [Fact]
    [Requirement("MUST-39")]
    public void In_a_small_buffer_half_of_it_is_enough()
    {
        Peer peer = Peer.Established(TcpSettings.Default with { ReceiveBuffer = 1000 });
        peer.Give(ControlBits.Ack, length: 1000);
        peer.Pass(1.0);
        peer.Read(499);
        peer.Give(ControlBits.Ack, seq: 1, length: 1);
        Assert.Equal(0, peer.Left[^1].Window.Raw);
        peer.Read(1);
        peer.Give(ControlBits.Ack, seq: 1, length: 1);
        Assert.Equal(500, peer.Left[^1].Window.Raw);
    }

    [Theory]
    [InlineData(false, 2920)]
    [InlineData(true, 16_200)]
    [Requirement("MUST-39")]
    public void A_reader_lets_the_peer_know_of_two_segments_more_or_when_told_so_of_a_window_twice_as_large(bool isLazy, int worthwhile)
    {
        Peer peer = Peer.Established(TcpSettings.Default with { ReceiveBuffer = 60_000, LazyWindowUpdates = isLazy });
        for (int i = 0; i < 30; i++)
        {
            peer.Give(ControlBits.Ack, length: 1460);
        }

        Assert.Equal(60_000 - (30 * 1460), peer.Left[^1].Window.Raw);
        Assert.Equal("", peer.Read(worthwhile - 1));
        Assert.Equal("ACK 1 ack 43801", peer.Read(1));
        Assert.Equal(60_000 - (30 * 1460) + worthwhile, peer.Only.Window.Raw);
    }
}
