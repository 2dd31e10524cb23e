using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>A node's place in the world: its links, and the one event by which it is woken.</summary>
internal sealed class NodeSeat(World world, IWorldNode node) : WorldEvent
{
    /// <summary>A node that is woken so often while no time passes would stop the world.</summary>
    private const int MaxWakesAtOnce = 100_000;

    private readonly List<LinkDirection> _ports = [];
    private Instant _wokenAt = Instant.Never;
    private int _wakes;

    public IWorldNode Node => node;

    public int Add(LinkDirection way)
    {
        _ports.Add(way);
        return _ports.Count - 1;
    }

    public override void Happen(Instant now)
    {
        _wakes = now == _wokenAt ? _wakes + 1 : 0;
        _wokenAt = now;
        if (_wakes > MaxWakesAtOnce)
        {
            throw new InvalidOperationException($"{node.GetType().Name} asks again and again to be woken at {now.Nanoseconds} ns, and nothing comes of it (seed {world.Seed})");
        }

        node.OnTimeout(now);
        Pump(now);
    }

    public void Take(int port, ReadOnlySpan<byte> packet, Instant now)
    {
        node.OnPacket(port, packet, now);
        Pump(now);
    }

    /// <summary>Sends what the node has to send, and asks when to wake it.</summary>
    public void Pump(Instant now)
    {
        Span<byte> room = world.Scratch;
        while (node.TryTakePacket(room, now, out int length, out int port))
        {
            if ((uint)port < (uint)_ports.Count)
            {
                _ports[port].Send(room[..length], now);
            }
        }

        Instant next = node.NextTimeout;
        world.Events.Set(this, next < now ? now : next);
    }
}
