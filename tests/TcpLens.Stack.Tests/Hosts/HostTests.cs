using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

public sealed class HostTests
{
    [Theory]
    [InlineData("10.0.0.2")]
    [InlineData("2001:db8::2")]
    public void Two_hosts_open_a_connection_exchange_octets_and_close_it(string server)
    {
        var pair = new Pair();
        (HostConnection client, HostConnection peer) = pair.Open(pair.Listen(80), server);
        Assert.Equal((1, 1), (pair.Client.Established, pair.Server.Established));

        byte[] sent = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];
        Assert.Equal(sent.Length, client.Send(sent, pair.Now));
        pair.Run(TimeSpan.FromSeconds(1));
        byte[] received = new byte[sent.Length];
        Assert.Equal(sent.Length, peer.Receive(received, pair.Now));
        Assert.Equal(sent, received);

        client.Close(pair.Now);
        pair.Run(TimeSpan.FromSeconds(1));
        Assert.True(peer.HasPeerClosed);
        peer.Close(pair.Now);
        pair.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0), (pair.Client.Connections, pair.Server.Connections));
        Assert.Equal((1, 0), (pair.Client.TimeWaits, pair.Server.TimeWaits));
        Assert.Contains(pair.Events, e => e.Connection == client && e.Happened == ConnectionEvents.Closed);

        pair.Run(TimeSpan.FromSeconds(60));
        Assert.Equal(0, pair.Client.TimeWaits);
        Assert.Equal(Instant.Never, pair.Client.NextTimeout);
        Assert.Equal(Instant.Never, pair.Server.NextTimeout);
    }

    [Fact]
    public void A_port_that_nobody_listens_on_refuses()
    {
        var pair = new Pair();
        HostConnection client = pair.Connect(81);
        pair.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((TcpState.Closed, ConnectionError.Refused), (client.State, client.Error));
        Assert.Equal(1, pair.Server.Counters[TcpCounter.OutRsts]);
        Assert.Equal(1, pair.Server.Counters[DropReason.NoSocket]);
    }

    [Fact]
    public void Resets_for_segments_of_nobody_have_a_limit()
    {
        var pair = new Pair(server: static settings => settings with { ResetsPerSecond = 3 });
        for (ushort port = 1000; port < 1010; port++)
        {
            pair.Forge(pair.Server, Forged.Segment(Pair.At("10.0.0.7", port), Pair.At("10.0.0.2", 81), ControlBits.Syn));
        }

        Assert.Equal(3, pair.Sent.Count);
    }

    [Fact]
    public void A_host_that_holds_as_many_connections_as_it_may_opens_none()
    {
        var pair = new Pair(server: static settings => settings with { MaxConnections = 1, Cookies = SynCookies.Never });
        HostListener listener = pair.Listen(80);
        pair.Open(listener);
        byte[] syn = Forged.Segment(Pair.At("10.0.0.7", 1000), Pair.At("10.0.0.2", 80), ControlBits.Syn);
        Assert.Equal(DropReason.HostLimit, pair.Forge(pair.Server, syn));
        byte[] ack = Forged.Segment(Pair.At("10.0.0.7", 1001), Pair.At("10.0.0.2", 80), ControlBits.Ack);
        Assert.Equal(DropReason.HostLimit, pair.Forge(pair.Server, ack));
        Assert.Equal(1, pair.Server.Connections);
    }

    [Fact]
    public void A_SYN_with_a_reset_opens_nothing()
    {
        var pair = new Pair();
        pair.Listen(80);
        byte[] both = Forged.Segment(Pair.At("10.0.0.7", 1000), Pair.At("10.0.0.2", 80), ControlBits.Syn | ControlBits.Rst);
        Assert.Equal(DropReason.ResetUnbelieved, pair.Forge(pair.Server, both));
        Assert.Empty(pair.Sent);
    }

    [Fact]
    public void Connections_take_turns()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        (HostConnection one, _) = pair.Open(listener);
        (HostConnection other, _) = pair.Open(listener);
        pair.Sent.Clear();
        one.Send(new byte[8 * 1460], pair.Now);
        other.Send(new byte[8 * 1460], pair.Now);
        pair.Run(TimeSpan.Zero);
        ushort[] ports = [.. pair.Sent.Take(8).Select(packet => (ushort)((packet.Octets[20] << 8) | packet.Octets[21]))];
        Assert.Equal([one.Local.Port, other.Local.Port, one.Local.Port, other.Local.Port], ports[..4]);
    }

    [Fact]
    public void With_offloads_a_packet_stands_for_many_segments_and_its_sum_is_left_to_the_device()
    {
        var pair = new Pair(settings => settings with { HasOffloads = true }, settings => settings with { HasOffloads = true });
        (HostConnection client, HostConnection peer) = pair.Open(pair.Listen(80));
        client.Send(new byte[14_000], pair.Now);
        pair.Sent.Clear();
        pair.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(14_000, peer.Readable);
        Assert.Contains(pair.Sent, packet => packet.Octets.Length > 10_000 && packet.Offload is { SegmentSize: 1448, IsChecksumPartial: true });
    }

    [Fact]
    public void Segments_to_an_address_of_somebody_else_are_named_and_dropped()
    {
        var pair = new Pair();
        Assert.Equal(HostError.None, pair.Client.TryConnect(Pair.At("10.9.9.9", 80), default, pair.Now, out _));
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal(1, pair.Server.Counters[DropReason.BadAddress]);
    }

    [Fact]
    public void Nobody_is_called_at_an_address_where_nobody_can_be()
    {
        var pair = new Pair();
        foreach (string address in (string[])["224.0.0.1", "255.255.255.255", "0.0.0.0", "::", "ff02::1", "10.0.0.1"])
        {
            Assert.Equal(HostError.InvalidRemote, pair.Client.TryConnect(Pair.At(address, 80), default, pair.Now, out _));
        }

        Assert.Equal(HostError.InvalidRemote, pair.Client.TryConnect(Pair.At("10.0.0.2", 0), default, pair.Now, out _));
    }

    [Fact]
    public void Ports_run_out_as_a_value_and_come_back()
    {
        var pair = new Pair(settings => settings with { FirstPort = 50_000, LastPort = 50_009 });
        pair.Listen(80);
        var taken = new HashSet<ushort>();
        var connections = new List<HostConnection>();
        for (int i = 0; i < 10; i++)
        {
            connections.Add(pair.Connect(80));
            taken.Add(connections[^1].Local.Port);
        }

        Assert.Equal(10, taken.Count);
        Assert.Equal(HostError.AddressNotAvailable, pair.Client.TryConnect(Pair.At("10.0.0.2", 80), default, pair.Now, out _));
        Assert.Equal(HostError.None, pair.Client.TryConnect(Pair.At("10.0.0.2", 81), default, pair.Now, out _));
        connections[3].Abort(pair.Now);
        Assert.Equal(connections[3].Local.Port, pair.Connect(80).Local.Port);
    }
}
