using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation;

/// <summary>
/// A <see cref="TcpHost"/> in a world, with the programs that run on it. A program may call any connection of its own host when it hears of
/// something; what it wants to do later, or on another host, it asks <see cref="World.At"/> for.
/// </summary>
public sealed class HostNode : IWorldNode
{
    private readonly World _world;
    private readonly Dictionary<HostAddress, int> _routes = [];

    internal HostNode(World world, TcpHostSettings settings)
    {
        _world = world;
        Span<byte> secret = stackalloc byte[16];
        world.NewRandom().Fill(secret);
        Host = new(settings with { HasOffloads = false }, secret);
    }

    public TcpHost Host { get; }

    public Instant NextTimeout => Host.NextTimeout;

    /// <summary>Packets to this address leave by that port; those to others by port 0.</summary>
    public void Route(HostAddress destination, int port) => _routes[destination] = port;

    /// <summary>Accepts connections; each gets the program that is made for it, which hears <see cref="ConnectionEvents.Connected"/> first.</summary>
    /// <exception cref="InvalidOperationException">The host refuses; the message says why.</exception>
    public HostListener Listen(Endpoint local, Func<HostConnection, IConnectionProgram> accept, ListenOptions? options = null)
    {
        HostError refusal = Host.TryListen(local, options ?? ListenOptions.Default, out HostListener? listener);
        if (listener is null)
        {
            throw new InvalidOperationException($"listen on {local}: {refusal}");
        }

        listener.Tag = accept;
        return listener;
    }

    /// <summary>Opens a connection now.</summary>
    /// <exception cref="InvalidOperationException">The host refuses; the message says why.</exception>
    public HostConnection Connect(Endpoint remote, IConnectionProgram program, ConnectOptions options = default)
    {
        HostError refusal = Host.TryConnect(remote, options, _world.Now, out HostConnection? connection);
        if (connection is null)
        {
            throw new InvalidOperationException($"connect to {remote}: {refusal}");
        }

        connection.Tag = program;
        return connection;
    }

    public void OnPacket(int port, ReadOnlySpan<byte> packet, Instant now) => Host.OnPacket(packet, default, now);

    public void OnTimeout(Instant now) => Host.OnTimeout(now);

    /// <summary>Packets first, then programs, and again, until neither has anything to say.</summary>
    public bool TryTakePacket(Span<byte> into, Instant now, out int length, out int port)
    {
        port = 0;
        do
        {
            if (Host.TryTakePacket(into, now, out length, out _))
            {
                port = PortTo(into[..length]);
                return true;
            }
        }
        while (TellPrograms(now));
        return false;
    }

    private bool TellPrograms(Instant now)
    {
        bool any = false;
        while (Host.TryTakeEvent(out HostEvent happened))
        {
            any = true;
            if (happened.Listener is { } listener)
            {
                Accept(listener, now);
            }
            else if (happened.Connection is { Tag: IConnectionProgram program } connection)
            {
                program.Hear(connection, happened.Happened, now);
            }
        }

        return any;
    }

    private static void Accept(HostListener listener, Instant now)
    {
        while (listener.Tag is Func<HostConnection, IConnectionProgram> accept && listener.TryAccept(out HostConnection? connection))
        {
            IConnectionProgram program = accept(connection!);
            connection!.Tag = program;
            program.Hear(connection, ConnectionEvents.Connected, now);
        }
    }

    private int PortTo(ReadOnlySpan<byte> packet)
    {
        if (_routes.Count == 0)
        {
            return 0;
        }

        HostAddress destination = HostAddress.FromNetworkOrder(packet[0] >> 4 == 4 ? packet[16..20] : packet[24..40]);
        return _routes.GetValueOrDefault(destination);
    }
}
