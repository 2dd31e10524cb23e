using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>A packet on its way, as it left.</summary>
internal sealed record FlyingPacket(TcpHost From, TcpHost To, byte[] Octets, PacketOffload Offload);

/// <summary>
/// Two hosts and a link in memory with a delay: what one gives the other takes, unless a test says otherwise. Time passes when it is told to.
/// </summary>
internal sealed class Pair
{
    private readonly PriorityQueue<FlyingPacket, (Instant At, int Order)> _flying = new();
    private readonly byte[] _buffer = new byte[ushort.MaxValue];
    private int _order;

    public Pair(Func<TcpHostSettings, TcpHostSettings>? client = null, Func<TcpHostSettings, TcpHostSettings>? server = null)
    {
        Client = Host(client, "10.0.0.1", "2001:db8::1", 1);
        Server = Host(server, "10.0.0.2", "2001:db8::2", 2);
    }

    public TcpHost Client { get; }

    public TcpHost Server { get; }

    public Instant Now { get; private set; } = new(1_000_000_000);

    /// <summary>One way.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Asked for each packet; true: it is lost.</summary>
    public Func<FlyingPacket, bool> Loses { get; set; } = static _ => false;

    public List<HostEvent> Events { get; } = [];

    /// <summary>Every packet that left, lost ones too, when <see cref="Keeps"/> is set.</summary>
    public List<FlyingPacket> Sent { get; } = [];

    public bool Keeps { get; set; } = true;

    public static Endpoint At(string address, ushort port) => new(HostAddress.Parse(address)!.Value, port);

    public static TcpHost Host(Func<TcpHostSettings, TcpHostSettings>? change, string v4, string v6, byte secret)
    {
        var settings = new TcpHostSettings { Addresses = [HostAddress.Parse(v4)!.Value, HostAddress.Parse(v6)!.Value] };
        byte[] octets = new byte[16];
        octets[3] = secret;
        return new(change?.Invoke(settings) ?? settings, octets);
    }

    public HostListener Listen(ushort port, ListenOptions? options = null, string address = "::")
    {
        Assert.Equal(HostError.None, Server.TryListen(At(address, port), options ?? ListenOptions.Default, out HostListener? listener));
        return listener!;
    }

    public HostConnection Connect(ushort port, string to = "10.0.0.2", TcpSettings? settings = null, Endpoint? from = null)
    {
        var options = new ConnectOptions { Settings = settings, Local = from };
        Assert.Equal(HostError.None, Client.TryConnect(At(to, port), options, Now, out HostConnection? connection));
        return connection!;
    }

    /// <summary>Both ends of a new connection.</summary>
    public (HostConnection Client, HostConnection Server) Open(HostListener listener, string to = "10.0.0.2", TcpSettings? settings = null)
    {
        HostConnection client = Connect(listener.Local.Port, to, settings);
        Run(Delay * 4);
        Assert.True(listener.TryAccept(out HostConnection? server));
        Run(TimeSpan.Zero);
        return (client, server!);
    }

    public void Run(TimeSpan time)
    {
        Instant end = Now + time;
        Settle();
        while (NextAt() is var next && next <= end)
        {
            Now = next > Now ? next : Now;
            while (_flying.TryPeek(out FlyingPacket? packet, out (Instant At, int Order) when) && when.At <= Now)
            {
                _flying.Dequeue();
                packet.To.OnPacket(packet.Octets, packet.Offload, Now);
            }

            Client.OnTimeout(Now);
            Server.OnTimeout(Now);
            Settle();
        }

        Now = end;
    }

    /// <summary>A packet that neither host sent.</summary>
    public DropReason Forge(TcpHost to, byte[] packet, PacketOffload offload = default)
    {
        DropReason reason = to.OnPacket(packet, offload, Now);
        Settle();
        return reason;
    }

    private void Settle()
    {
        Drain(Client, Server);
        Drain(Server, Client);
    }

    private void Drain(TcpHost from, TcpHost to)
    {
        while (from.TryTakeEvent(out HostEvent happened))
        {
            Events.Add(happened);
        }

        while (from.TryTakePacket(_buffer, Now, out int length, out PacketOffload offload))
        {
            var packet = new FlyingPacket(from, to, _buffer[..length], offload);
            if (Keeps)
            {
                Sent.Add(packet);
            }

            if (!Loses(packet))
            {
                _flying.Enqueue(packet, (Now + Delay, _order++));
            }
        }
    }

    private Instant NextAt()
    {
        Instant next = Client.NextTimeout < Server.NextTimeout ? Client.NextTimeout : Server.NextTimeout;
        return _flying.TryPeek(out _, out (Instant At, int Order) when) && when.At < next ? when.At : next;
    }
}
