using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

public sealed class ListenerTests
{
    private static readonly Endpoint Service = Pair.At("10.0.0.2", 80);

    [Fact]
    public void A_flood_of_syns_fills_the_queue_to_its_limit_and_no_further()
    {
        var pair = new Pair(server: settings => settings with { Cookies = SynCookies.Never });
        HostListener listener = pair.Listen(80, new ListenOptions { SynBacklog = 10 });
        for (ushort port = 1; port <= 100; port++)
        {
            Assert.Equal(port <= 10 ? DropReason.None : DropReason.SynQueueFull, Syn(pair, port));
        }

        Assert.Equal((10, 10, 10), (listener.HalfOpen, pair.Server.HalfOpen, pair.Server.Connections));
        Assert.Equal(90, pair.Server.Counters[TcpCounter.TCPReqQFullDrop]);
        Assert.Equal(90, pair.Server.Counters[TcpCounter.ListenDrops]);

        pair.Loses = _ => true;
        pair.Run(TimeSpan.FromMinutes(5));
        Assert.Equal((0, 0), (listener.HalfOpen, pair.Server.Connections));
        Assert.Equal(60, pair.Sent.Count(packet => packet.From == pair.Server));
    }

    [Fact]
    public void The_host_limits_half_open_connections_of_all_listeners()
    {
        var pair = new Pair(server: settings => settings with { Cookies = SynCookies.Never, MaxHalfOpen = 3 });
        pair.Listen(80);
        pair.Listen(81);
        for (ushort port = 1; port <= 4; port++)
        {
            Syn(pair, port);
            pair.Forge(pair.Server, Forged.Segment(Pair.At("10.7.7.7", port), Pair.At("10.0.0.2", 81), ControlBits.Syn));
        }

        Assert.Equal(3, pair.Server.HalfOpen);
    }

    [Fact]
    public void A_connection_made_by_a_cookie_keeps_mss_scale_and_sack()
    {
        var pair = new Pair(server: settings => settings with { Cookies = SynCookies.Always });
        HostListener listener = pair.Listen(80);
        HostConnection client = pair.Connect(80, settings: TcpSettings.Default with { WindowShift = 9, ReceiveBuffer = 4 << 20 });
        pair.Run(TimeSpan.FromMilliseconds(1));
        Assert.Equal((0, 0), (pair.Server.Connections, pair.Server.HalfOpen));
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.True(listener.TryAccept(out HostConnection? server));
        ConnectionStatus made = server!.Status;
        Assert.Equal((true, true, true), (made.HasSack, made.HasTimestamps, made.HasWindowScaling));
        Assert.Equal((9, 1448), (made.SendWindowShift, made.SendSegmentSize));
        Assert.Equal(client.Status.ReceiveWindowShift, made.SendWindowShift);
        Assert.Equal(client.Status.SendWindowShift, made.ReceiveWindowShift);
        Assert.Equal((1, 1), (pair.Server.Counters[TcpCounter.SyncookiesSent], pair.Server.Counters[TcpCounter.SyncookiesRecv]));

        client.Send(new byte[50_000], pair.Now);
        server.Send(new byte[60_000], pair.Now);
        pair.Run(TimeSpan.FromSeconds(2));
        Assert.Equal((60_000, 50_000), (client.Readable, server.Readable));
        Assert.Equal(0, pair.Client.Counters[TcpCounter.RetransSegs] + pair.Server.Counters[TcpCounter.RetransSegs]);
        Assert.Equal(0, pair.Client.Counters[TcpCounter.PAWSEstab]);
    }

    [Theory]
    [InlineData(1460, 1460)]
    [InlineData(1459, 1440)]
    [InlineData(1380, 1300)]
    [InlineData(536, 536)]
    [InlineData(100, 88)]
    [InlineData(9000, 8960)]
    public void A_cookie_without_timestamps_keeps_the_mss_and_nothing_else(int offered, int kept)
    {
        var pair = new Pair(server: settings => settings with { Cookies = SynCookies.Always, Mtu = 9100 });
        HostListener listener = pair.Listen(80);
        Endpoint from = Pair.At("10.7.7.7", 4000);
        pair.Forge(pair.Server, Forged.Segment(from, Service, ControlBits.Syn, 77, options: Forged.SynOptions((ushort)offered, scale: 4, sack: true)));
        TcpSegment answer = Forged.Read(pair.Sent[^1].Octets);
        Assert.Equal(ControlBits.Syn | ControlBits.Ack, answer.Bits);
        Assert.Equal(SegmentOptionSet.MaximumSegmentSize, answer.Options.Present);
        pair.Forge(pair.Server, Forged.Segment(from, Service, ControlBits.Ack, 78, answer.Sequence.Value + 1));
        Assert.True(listener.TryAccept(out HostConnection? made));
        ConnectionStatus status = made!.Status;
        Assert.Equal((TcpState.Established, kept), (status.State, status.SendSegmentSize));
        Assert.Equal((false, false, false), (status.HasSack, status.HasTimestamps, status.HasWindowScaling));
    }

    [Fact]
    public void A_cookie_is_one_only_for_its_own_connection_and_for_two_minutes()
    {
        var cookies = new CookieMaker(new SipHash(new byte[16]));
        var tuple = new FourTuple(Service, Pair.At("10.7.7.7", 4000));
        FourTuple other = tuple with { Remote = Pair.At("10.7.7.7", 4001) };
        var now = new Instant(0) + TimeSpan.FromMinutes(1000);
        SeqNum cookie = cookies.Make(tuple, new(5), 1460, now);
        Assert.True(cookies.TryRead(tuple, new(5), cookie, now + TimeSpan.FromSeconds(119), out ushort size));
        Assert.Equal(1460, size);
        Assert.False(cookies.TryRead(tuple, new(5), cookie, now + TimeSpan.FromSeconds(120), out _));
        Assert.False(cookies.TryRead(tuple, new(6), cookie, now, out _));
        Assert.False(cookies.TryRead(other, new(5), cookie, now, out _));

        int guessed = Enumerable.Range(1, 100_000).Count(i => cookies.TryRead(tuple, new(5), cookie + (uint)i, now, out _));
        Assert.InRange(guessed, 0, 1);
    }

    [Fact]
    public void A_cookie_does_not_come_round_again_with_its_counter()
    {
        var maker = new CookieMaker(new SipHash(new byte[16]));
        var tuple = new FourTuple(Pair.At("10.0.0.2", 80), Pair.At("10.0.0.7", 1000));
        var now = new Instant(3_600_000_000_000);
        SeqNum cookie = maker.Make(tuple, new(1), 1460, now);
        Assert.True(maker.TryRead(tuple, new(1), cookie, now, out _));
        Assert.False(maker.TryRead(tuple, new(1), cookie, now + TimeSpan.FromMinutes(32), out _));
    }

    [Fact]
    public void An_ack_that_is_no_cookie_is_answered_with_a_reset_and_counted()
    {
        var pair = new Pair(server: settings => settings with { Cookies = SynCookies.Always });
        pair.Listen(80);
        Assert.Equal(DropReason.AckOfNoSyn, pair.Forge(pair.Server, Forged.Segment(Pair.At("10.7.7.7", 1), Service, ControlBits.Ack, 5, 6)));
        Assert.Equal(0, pair.Server.Counters[TcpCounter.SyncookiesFailed]);
        Syn(pair, 9);
        Assert.Equal(DropReason.CookieInvalid, pair.Forge(pair.Server, Forged.Segment(Pair.At("10.7.7.7", 1), Service, ControlBits.Ack, 5, 6)));
        Assert.Equal(1, pair.Server.Counters[TcpCounter.SyncookiesFailed]);
        TcpSegment reset = Forged.Read(pair.Sent[^1].Octets);
        Assert.Equal((ControlBits.Rst, new SeqNum(6)), (reset.Bits, reset.Sequence));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(63u)]
    [InlineData(64u)]
    [InlineData(0xffff_ffffu)]
    public void What_a_timestamp_carries_comes_back_and_makes_it_no_newer(uint clock)
    {
        foreach (CookieOptions options in (CookieOptions[])[new(null, false, false), new(new WindowScale(14), true, true), new(new WindowScale(0), true, false)])
        {
            uint written = options.WriteTo(clock);
            Assert.InRange(unchecked(clock - written), 0u, 127u);
            Assert.Equal(options, CookieOptions.Read(written));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_accept_queue_drops_the_last_ack_or_resets(bool resets)
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80, new ListenOptions { Backlog = 2, ResetOnOverflow = resets });
        HostConnection[] clients = [pair.Connect(80), pair.Connect(80), pair.Connect(80)];
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal((2, resets ? 0 : 1), (listener.Waiting, listener.HalfOpen));
        Assert.Equal(1, pair.Server.Counters[TcpCounter.ListenOverflows]);
        Assert.Equal(resets ? TcpState.Closed : TcpState.Established, clients[2].State);

        // Another SYN is not even answered.
        HostConnection late = pair.Connect(80);
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal(TcpState.SynSent, late.State);

        // As soon as there is room the peer's next try comes through.
        Assert.True(listener.TryAccept(out _));
        Assert.True(listener.TryAccept(out _));
        pair.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(resets ? 1 : 2, listener.Waiting);
    }

    [Fact]
    public void A_reset_of_a_handshake_leaves_the_listener_as_it_was()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        Syn(pair, 5);
        TcpSegment answer = Forged.Read(pair.Sent[^1].Octets);
        Assert.Equal(1, listener.HalfOpen);
        Assert.Equal(DropReason.None, pair.Forge(pair.Server, Forged.Segment(Pair.At("10.7.7.7", 5), Service, ControlBits.Rst, answer.Acknowledgment.Value)));
        Assert.Equal((0, 0, 1), (listener.HalfOpen, pair.Server.Connections, pair.Server.Counters[TcpCounter.EmbryonicRsts]));
        pair.Open(listener);
    }

    [Fact]
    public void Closing_a_listener_resets_who_waits_and_forgets_who_is_half_open()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        HostConnection waiting = pair.Connect(80);
        pair.Run(TimeSpan.FromMilliseconds(10));
        Syn(pair, 5);
        listener.Close(pair.Now);
        pair.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(ConnectionError.Reset, waiting.Error);
        Assert.Equal((0, 0, 0), (pair.Server.Connections, pair.Server.HalfOpen, listener.HalfOpen));
        Assert.Equal(DropReason.NoSocket, Syn(pair, 6));
        pair.Listen(80);
    }

    [Fact]
    public void The_most_particular_listener_is_meant()
    {
        var pair = new Pair();
        HostListener all = pair.Listen(80), v4 = pair.Listen(80, address: "0.0.0.0"), one = pair.Listen(80, address: "10.0.0.2");
        pair.Connect(80);
        pair.Connect(80, "2001:db8::2");
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal((1, 0, 1), (all.Waiting, v4.Waiting, one.Waiting));
        one.Close(pair.Now);
        pair.Connect(80);
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal((1, 1), (all.Waiting, v4.Waiting));
        Assert.Equal(HostError.AddressInUse, pair.Server.TryListen(Pair.At("0.0.0.0", 80), ListenOptions.Default, out _));
        Assert.Equal(HostError.AddressNotAvailable, pair.Server.TryListen(Pair.At("10.0.0.9", 80), ListenOptions.Default, out _));
        Assert.Equal(HostError.None, pair.Server.TryListen(Pair.At("0.0.0.0", 0), ListenOptions.Default, out HostListener? chosen));
        Assert.InRange(chosen!.Local.Port, 32768, 60999);
    }

    [Fact]
    public void A_connection_that_died_before_it_was_accepted_is_accepted_dead()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        HostConnection client = pair.Connect(80);
        pair.Run(TimeSpan.FromMilliseconds(10));
        client.Send(new byte[10], pair.Now);
        pair.Run(TimeSpan.FromMilliseconds(10));
        client.Abort(pair.Now);
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.True(listener.TryAccept(out HostConnection? server));
        pair.Run(TimeSpan.Zero);
        Assert.Equal((TcpState.Closed, ConnectionError.Reset), (server!.State, server.Error));
        Assert.Contains(pair.Events, e => e.Connection == server && e.Happened == ConnectionEvents.Closed);
        Assert.Equal(0, pair.Server.Connections);
    }

    private static DropReason Syn(Pair pair, ushort port)
        => pair.Forge(pair.Server, Forged.Segment(Pair.At("10.7.7.7", port), Service, ControlBits.Syn, options: Forged.SynOptions(1460)));
}
