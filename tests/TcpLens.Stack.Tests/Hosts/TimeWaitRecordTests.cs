using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

public sealed class TimeWaitRecordTests
{
    private readonly Pair _pair = new();
    private readonly HostListener _listener;

    public TimeWaitRecordTests() => _listener = _pair.Listen(80);

    [Fact]
    public void A_fin_again_is_answered_and_the_wait_begins_anew()
    {
        HostConnection client = Closed(out HostConnection server);
        byte[] fin = _pair.Sent.Last(packet => packet.From == _pair.Client && Forged.Read(packet.Octets).Has(ControlBits.Fin)).Octets;
        _pair.Run(TimeSpan.FromSeconds(50));
        _pair.Sent.Clear();
        Assert.NotEqual(DropReason.NoSocket, _pair.Forge(_pair.Server, fin));
        _pair.Run(TimeSpan.Zero);
        TcpSegment ack = Forged.Read(Assert.Single(_pair.Sent).Octets);
        Assert.Equal((ControlBits.Ack, SegmentOptionSet.Timestamps), (ack.Bits, ack.Options.Present));
        _pair.Run(TimeSpan.FromSeconds(50));
        Assert.Equal(1, _pair.Server.TimeWaits);
        _pair.Run(TimeSpan.FromSeconds(11));
        Assert.Equal(0, _pair.Server.TimeWaits);
        Assert.Equal((TcpState.Closed, TcpState.Closed), (client.State, server.State));
    }

    [Fact]
    public void A_new_connection_by_the_same_names_takes_its_place()
    {
        HostConnection client = Closed(out HostConnection server);
        uint before = Forged.Read(_pair.Sent.Last(packet => packet.From == _pair.Server).Octets).Sequence.Value;
        HostConnection again = _pair.Connect(80, from: client.Local);
        _pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal(TcpState.Established, again.State);
        Assert.Equal((0, 1), (_pair.Server.TimeWaits, _pair.Server.Counters[TcpCounter.TWRecycled]));
        Assert.True(again.Status.ReceiveNext.IsAfter(new(before)));
        Assert.Equal(TcpState.Closed, server.State);
    }

    [Fact]
    public void A_reset_does_not_end_it()
    {
        HostConnection client = Closed(out _);
        byte[] fin = _pair.Sent.Last(packet => packet.From == _pair.Client && Forged.Read(packet.Octets).Has(ControlBits.Fin)).Octets;
        SeqNum next = Forged.Read(fin).End;
        Assert.Equal(DropReason.ResetInTimeWait, _pair.Forge(_pair.Server, Forged.Segment(client.Local, client.Remote, ControlBits.Rst, next.Value)));
        Assert.Equal(1, _pair.Server.TimeWaits);
    }

    [Fact]
    public void Unless_the_host_lets_it()
    {
        var pair = new Pair(server: static settings => settings with { Tcp = settings.Tcp with { ProtectTimeWait = false } });
        (HostConnection client, HostConnection server) = pair.Open(pair.Listen(80));
        server.Close(pair.Now);
        pair.Run(TimeSpan.FromMilliseconds(10));
        client.Close(pair.Now);
        pair.Run(TimeSpan.FromMilliseconds(10));
        pair.Forge(pair.Server, Forged.Segment(client.Local, client.Remote, ControlBits.Rst, client.Status.SendNext.Value));
        Assert.Equal(0, pair.Server.TimeWaits);
    }

    [Fact]
    public void A_connection_that_its_program_still_holds_waits_whole_and_is_reopened_as_well()
    {
        (HostConnection client, HostConnection server) = _pair.Open(_listener);
        client.Send(new byte[100], _pair.Now);
        server.Send(new byte[50_000], _pair.Now);
        server.CloseSending(_pair.Now);
        _pair.Run(TimeSpan.FromMilliseconds(20));
        client.Skip(50_000, _pair.Now);
        SeqNum last = client.Status.ReceiveNext;
        client.Close(_pair.Now);
        _pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal((TcpState.TimeWait, 0, 1), (server.State, _pair.Server.TimeWaits, _pair.Server.Connections));

        HostConnection again = _pair.Connect(80, from: client.Local);
        _pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal((TcpState.Established, TcpState.Closed), (again.State, server.State));
        Assert.Equal(100, server.Readable);
        Assert.True(again.Status.ReceiveNext.IsAfter(last));
    }

    [Fact]
    public void A_full_table_lets_connections_go_at_once_and_counts()
    {
        var pair = new Pair(server: settings => settings with { MaxTimeWaits = 2 });
        HostListener listener = pair.Listen(80);
        for (int i = 0; i < 3; i++)
        {
            (HostConnection client, HostConnection server) = pair.Open(listener);
            server.Close(pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(10));
            client.Close(pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal((2, 1, 0), (pair.Server.TimeWaits, pair.Server.Counters[TcpCounter.TCPTimeWaitOverflow], pair.Server.Connections));
    }

    [Fact]
    public void Orphans_beyond_the_limit_are_aborted()
    {
        var pair = new Pair(server: settings => settings with { MaxOrphans = 1 });
        HostListener listener = pair.Listen(80);
        (HostConnection one, HostConnection first) = pair.Open(listener);
        (HostConnection other, HostConnection second) = pair.Open(listener);
        first.Close(pair.Now);
        Assert.Equal(1, pair.Server.Orphans);
        second.Close(pair.Now);
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal(1, pair.Server.Counters[TcpCounter.TCPAbortOnMemory]);
        Assert.Equal((TcpState.CloseWait, ConnectionError.Reset), (one.State, other.Error));
        one.Close(pair.Now);
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, pair.Server.Orphans);
    }

    /// <summary>The server closed first, so it waits; both programs let go.</summary>
    private HostConnection Closed(out HostConnection server)
    {
        (HostConnection client, server) = _pair.Open(_listener);
        server.Close(_pair.Now);
        _pair.Run(TimeSpan.FromMilliseconds(10));
        client.Close(_pair.Now);
        _pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal((1, 0), (_pair.Server.TimeWaits, _pair.Client.TimeWaits));
        return client;
    }
}
