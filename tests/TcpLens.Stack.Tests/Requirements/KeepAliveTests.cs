using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Keep-alives (RFC 9293 §3.8.4, RFC 1122 §4.2.3.6).</summary>
public sealed class KeepAliveTests
{
    private static readonly ConnectionOptions On = ConnectionOptions.Default with { KeepAlive = true };

    [Fact]
    [Requirement("MUST-25", "MUST-28")]
    public void They_are_off_by_default_and_the_silence_before_one_is_two_hours()
    {
        Peer peer = Peer.Established();
        Assert.Equal("", peer.Pass(24 * 3600));
        Assert.Equal(Instant.Never, peer.Subject.NextTimeout);
        Assert.True(ConnectionOptions.Default.KeepAliveIdle >= TimeSpan.FromHours(2));

        peer.Subject.Options = On;
        Assert.NotEqual(Instant.Never, peer.Subject.NextTimeout);
    }

    [Fact]
    [Requirement("MUST-24", "MUST-27", "MAY-5", "MAY-6", "SHLD-12", "1122-2")]
    public void A_program_turns_them_on_and_chooses_the_silence_and_a_probe_is_one_number_back_without_octets()
    {
        Peer peer = Peer.Established();
        peer.Give(ControlBits.Ack, length: 10);
        Instant heard = peer.Now;
        peer.Set(static _ => On with { KeepAliveIdle = TimeSpan.FromSeconds(30) });
        peer.Pass(29);
        Assert.Equal("ACK 0 ack 11", peer.Pass(2));
        Assert.Equal(TimeSpan.FromSeconds(30), peer.LeftAt[0] - heard);
        peer.Set(static options => options with { KeepAlive = false });
        Assert.Equal("", peer.Pass(3600));
    }

    [Fact]
    [Requirement("MUST-26")]
    public void None_is_sent_while_data_is_in_flight_or_after_anything_was_heard()
    {
        Peer peer = Peer.Established();
        peer.Set(static _ => On with { KeepAliveIdle = TimeSpan.FromSeconds(5) });
        peer.Pass(4);
        peer.Give(ControlBits.Ack);
        Assert.Equal("", peer.Pass(4.9));
        peer.Send(10);
        peer.Pass(20);
        Assert.All(peer.Left, static segment => Assert.Equal(10, segment.Payload.Length));
    }

    [Fact]
    [Requirement("MUST-29", "MUST-24")]
    public void A_connection_ends_only_after_several_probes_without_an_answer()
    {
        Peer peer = Peer.Established();
        peer.Set(static _ => On with { KeepAliveIdle = TimeSpan.FromSeconds(10), KeepAliveInterval = TimeSpan.FromSeconds(2), KeepAliveProbes = 3 });
        Assert.Equal("ACK 0 ack 1; ACK 0 ack 1", peer.Pass(13));
        peer.Give(ControlBits.Ack);
        Assert.Equal("ACK 0 ack 1; ACK 0 ack 1; ACK 0 ack 1; RST+ACK 1 ack 1", peer.Pass(60));
        Assert.Equal([2, 2, 2], peer.Gaps());
        Assert.Equal((TcpState.Closed, ConnectionError.TimedOut), (peer.Subject.State, peer.Subject.Error));
    }

    [Fact]
    [Requirement("1122-2", "MAY-6")]
    public void A_probe_of_the_peer_is_answered_with_an_octet_in_it_or_without()
    {
        Peer peer = Peer.Established();
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Ack, seq: 0));
        Assert.Equal("ACK 1 ack 1", peer.Give(ControlBits.Ack, seq: 0, length: 1));
    }

    [Fact]
    public void None_is_sent_in_TIME_WAIT()
    {
        Peer peer = ClosingTests.InTimeWait();
        peer.Set(static _ => On with { KeepAliveIdle = TimeSpan.FromSeconds(5) });
        Assert.Equal("", peer.Pass(peer.Settings.TimeWait + TimeSpan.FromSeconds(1)));
        Assert.Equal((TcpState.Closed, ConnectionError.None), (peer.Subject.State, peer.Subject.Error));
    }
}
