using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation;

/// <summary>
/// Nodes, links between them, and a clock that jumps from one event to the next: a million seconds in which nothing happens cost nothing.
/// Whatever is random comes from the seed, so a run with the same seed and the same calls is the same to the octet.
/// <code>
/// var world = new World(seed: 7);
/// HostNode near = world.AddHost(…), far = world.AddHost(…);
/// Link link = world.Connect(near, far, new Weather { Delay = TimeSpan.FromMilliseconds(20), Loss = 0.01 });
/// …
/// world.RunUntil(() => program.IsDone, limit: TimeSpan.FromHours(1));
/// </code>
/// </summary>
public sealed class World
{
    private readonly List<NodeSeat> _seats = [];
    private readonly SeededRandom _seeds;

    public World(ulong seed)
    {
        Seed = seed;
        _seeds = new(seed);
        Random = _seeds.Fork();
    }

    public ulong Seed { get; }

    /// <summary>Begins at 0.</summary>
    public Instant Now { get; private set; }

    /// <summary>For whoever makes the world; nodes and links have their own.</summary>
    public SeededRandom Random { get; }

    /// <summary>Events that have happened: packets that arrived, nodes woken, actions.</summary>
    public long Happened { get; private set; }

    internal EventQueue Events { get; } = new();

    internal FlightPool Flights { get; } = new();

    /// <summary>The packet that a node is just giving. One is enough: it is on its link before another is asked for.</summary>
    internal byte[] Scratch { get; } = new byte[ushort.MaxValue];

    /// <summary>A host; it cuts its own segments, whatever the settings say, since links carry packets and nothing larger.</summary>
    public HostNode AddHost(TcpHostSettings settings) => Add(new HostNode(this, settings));

    public T Add<T>(T node)
        where T : IWorldNode
    {
        _seats.Add(new(this, node));
        return node;
    }

    /// <summary>A generator for a node that needs one.</summary>
    public SeededRandom NewRandom() => _seeds.Fork();

    /// <summary>Puts a link between two nodes. Each gets its next port.</summary>
    /// <param name="first">From it <see cref="Link.Forth"/> leads.</param>
    /// <param name="second">To it.</param>
    /// <param name="forth">Null: clear.</param>
    /// <param name="back">Null: as <paramref name="forth"/>.</param>
    /// <exception cref="ArgumentException">A node that was not added to this world.</exception>
    public Link Connect(IWorldNode first, IWorldNode second, Weather? forth = null, Weather? back = null)
    {
        NodeSeat one = SeatOf(first);
        NodeSeat other = SeatOf(second);
        var there = new LinkDirection(this, forth ?? Weather.Clear, _seeds.Fork());
        var here = new LinkDirection(this, back ?? forth ?? Weather.Clear, _seeds.Fork());
        int portOfFirst = one.Add(there);
        int portOfSecond = other.Add(here);
        there.Lead(other, portOfSecond, wayBack: here);
        here.Lead(one, portOfFirst, wayBack: there);
        return new(this, there, here);
    }

    /// <summary>Something is to happen at a time; now, if that is past.</summary>
    public void At(Instant when, Action<Instant> action) => Events.Set(new ScheduledAction(this, action), when < Now ? Now : when);

    /// <summary>The next event happens, if there is one by <paramref name="limit"/>.</summary>
    public bool Step(Instant limit)
    {
        Instant next = Events.Next;
        if (next > limit || next == Instant.Never)
        {
            return false;
        }

        Now = next;
        Happened++;
        Events.Take().Happen(next);
        return true;
    }

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan duration)
    {
        Instant limit = Now + duration;
        PumpAll();
        while (Step(limit))
        {
        }

        Now = limit;
    }

    /// <summary>Lets time pass until a condition holds, which is asked after each event. False when it does not hold at the limit.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        Instant last = Now + limit;
        PumpAll();
        while (!condition())
        {
            if (!Step(last))
            {
                Now = last;
                return condition();
            }
        }

        return true;
    }

    /// <summary>Nodes may have been called from outside: asks each what it has to send, and when to wake it.</summary>
    internal void PumpAll()
    {
        foreach (NodeSeat seat in _seats)
        {
            seat.Pump(Now);
        }
    }

    private NodeSeat SeatOf(IWorldNode node)
        => _seats.Find(seat => ReferenceEquals(seat.Node, node)) ?? throw new ArgumentException("the node was not added to this world", nameof(node));
}
