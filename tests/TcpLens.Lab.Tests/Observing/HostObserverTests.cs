using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab.Tests;

public sealed class HostObserverTests
{
    private readonly TcpHost _client = Host("10.0.0.1", 1);
    private readonly TcpHost _server = Host("10.0.0.2", 2);
    private readonly byte[] _buffer = new byte[2000];
    private Instant _now = new(1_000_000_000);

    [Fact]
    public void Connections_are_entries_as_a_kernel_would_tell_them()
    {
        HostListener listener = Listen(new ListenOptions { Backlog = 7 });
        (HostConnection held, _) = Open(listener);
        (HostConnection waiting, HostConnection closing) = Open(listener);
        closing.Close(_now);
        Exchange();
        waiting.Close(_now);
        Exchange();
        Connect();
        Exchange();
        held.Send(new byte[300], _now);
        Exchange();

        SocketEntry[] entries = Entries(_server);
        Assert.Equal([TcpState.Established, TcpState.Established, TcpState.TimeWait, TcpState.Listen], [.. entries.Select(entry => entry.State).Order()]);
        SocketEntry listening = entries.Single(entry => entry.State == TcpState.Listen);
        Assert.Equal((1u, 7u, SocketTimer.Off), (listening.ReceiveQueue, listening.SendQueue, listening.Timer));
        SocketEntry unaccepted = entries.Single(entry => entry.IsUnaccepted);
        Assert.Equal(SocketKind.Full, unaccepted.Kind);
        SocketEntry reading = entries.Single(entry => entry is { State: TcpState.Established, IsUnaccepted: false });
        Assert.Equal((300u, held.Local, held.Remote), (reading.ReceiveQueue, reading.Remote, reading.Local));
        SocketEntry wait = entries.Single(entry => entry.State == TcpState.TimeWait);
        Assert.Equal((SocketKind.TimeWait, SocketTimer.TimeWait), (wait.Kind, wait.Timer));
        Assert.InRange(wait.TimerMilliseconds, 59_000u, 60_001u);
    }

    [Fact]
    public void What_is_not_acknowledged_stands_in_the_queue_with_its_timer()
    {
        (HostConnection client, _) = Open(Listen(ListenOptions.Default));
        client.Send(new byte[500], _now);
        while (_client.TryTakePacket(_buffer, _now, out _, out _))
        {
        }

        SocketEntry entry = Assert.Single(Entries(_client));
        Assert.Equal((500u, SocketTimer.Retransmit), (entry.SendQueue, entry.Timer));
        SocketRecord record = new HostObserver(_client).Sockets(_now).All[0];
        Assert.Equal(("cubic", 1u, 1448u), (record.CongestionControl, record.Vitals!.Value.UnackedSegments, record.Vitals.Value.SendMssBytes));
    }

    [Fact]
    public void A_handshake_that_goes_on_is_a_request()
    {
        HostListener listener = Listen(ListenOptions.Default);
        Connect();
        _client.TryTakePacket(_buffer, _now, out int length, out PacketOffload offload);
        _server.OnPacket(_buffer.AsSpan(0, length), offload, _now);
        Assert.Equal(1, listener.HalfOpen);
        SocketEntry entry = Entries(_server).Single(entry => entry.State == TcpState.SynReceived);
        Assert.Equal((SocketKind.Request, 0u), (entry.Kind, entry.Inode));
    }

    [Fact]
    public void Every_counter_has_a_name_that_linux_has()
    {
        Open(Listen(ListenOptions.Default));
        CounterSet counters = new HostObserver(_server).Counters();
        Assert.Equal((1, 1, 3), (counters["Tcp.PassiveOpens"], counters["Tcp.CurrEstab"], counters["Tcp.InSegs"] + counters["Tcp.OutSegs"]));
        string known = File.ReadAllText("/proc/net/netstat") + File.ReadAllText("/proc/net/snmp");
        string[] strange = [.. counters.Names.ToArray().Select(name => name.Text).Where(name => name.Contains('.', StringComparison.Ordinal))
            .Where(name => !name.StartsWith("sockstat", StringComparison.Ordinal) && !known.Contains($" {name[(name.IndexOf('.') + 1)..]}", StringComparison.Ordinal))];
        Assert.Empty(strange);
    }

    [Fact]
    public void The_doctor_finds_a_full_accept_queue_in_our_stack()
    {
        HostListener listener = Listen(new ListenOptions { Backlog = 2 });
        var observer = new HostObserver(_server);
        Sample before = observer.Take(_now, DateTimeOffset.UnixEpoch);
        for (int i = 0; i < 20; i++)
        {
            Connect();
            Exchange();
        }

        _now += TimeSpan.FromSeconds(5);
        Exchange();
        Sample now = observer.Take(_now, DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(5));
        DoctorReport report = Doctor.Examine(observer.Examine("world", before, now, TimeSpan.FromSeconds(5)), new());
        Assert.Contains(DoctorReport.Flatten(report.Findings), finding => finding.Condition.Id == "accept-queue-overflow");
        Assert.Equal(2, listener.Waiting);
    }

    private static TcpHost Host(string address, byte secret)
        => new(new TcpHostSettings { Addresses = [HostAddress.Parse(address)!.Value] }, [.. Enumerable.Repeat(secret, 16)]);

    private static SocketEntry[] Entries(TcpHost host)
    {
        var entries = new List<SocketEntry>();
        new HostObserver(host).Walk(new(1_000_000_000), entries.Add);
        return [.. entries];
    }

    private HostListener Listen(ListenOptions options)
    {
        Assert.Equal(HostError.None, _server.TryListen(new(HostAddress.AnyV4, 80), options, out HostListener? listener));
        return listener!;
    }

    private HostConnection Connect()
    {
        var service = new Endpoint(HostAddress.Parse("10.0.0.2")!.Value, 80);
        Assert.Equal(HostError.None, _client.TryConnect(service, default, _now, out HostConnection? connection));
        return connection!;
    }

    private (HostConnection Client, HostConnection Server) Open(HostListener listener)
    {
        HostConnection client = Connect();
        Exchange();
        Assert.True(listener.TryAccept(out HostConnection? server));
        return (client, server!);
    }

    private void Exchange()
    {
        while (Move(_client, _server) | Move(_server, _client))
        {
        }

        _client.OnTimeout(_now);
        _server.OnTimeout(_now);
    }

    private bool Move(TcpHost from, TcpHost to)
    {
        bool any = false;
        while (from.TryTakePacket(_buffer, _now, out int length, out PacketOffload offload))
        {
            to.OnPacket(_buffer.AsSpan(0, length), offload, _now);
            any = true;
        }

        return any;
    }
}
