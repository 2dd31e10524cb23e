using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Takes a glance: counters and listeners twice, about a second apart, and every socket once in between.</summary>
internal sealed class GlanceTaker(Session session, LiveMachine machine)
{
    private const int Largest = 8;

    private static readonly TimeSpan SampleTime = TimeSpan.FromSeconds(1);

    public Glance Take(CancellationToken cancellation)
    {
        NetworkNamespace place = machine.Places[0];
        session.Error.Progress("reading counters …");
        var reader = new CounterReader();
        long start = session.Clock.GetTimestamp();
        CounterSet before = LiveMachine.In(place, reader.Read);
        Dictionary<ulong, Listener> listenersBefore = Listeners();

        session.Error.Progress("finding out who holds the sockets …");
        machine.FindAllOwners();
        session.Error.Progress("reading the sockets …");
        HostSettings settings = Settings(place);
        var summary = new SocketSummary(machine, settings.EphemeralPorts());
        using (SocketWalk walk = machine.Walk(new SocketQuery()))
        {
            while (walk.Read(out SocketEntry entry))
            {
                summary.Add(in entry);
            }
        }

        session.Error.Progress("watching the counters for a second …");
        TimeSpan rest = SampleTime - session.Clock.GetElapsedTime(start);
        _ = rest > TimeSpan.Zero && cancellation.WaitHandle.WaitOne(rest);
        CounterSet after = LiveMachine.In(place, reader.Read);
        TimeSpan elapsed = session.Clock.GetElapsedTime(start);
        Dictionary<ulong, Listener> listeners = Listeners();
        session.Error.EndProgress();

        return new Glance
        {
            Snapshot = new MachineSnapshot
            {
                TakenAt = session.Clock.GetUtcNow(),
                HostName = Environment.MachineName,
                Namespace = place,
                V4 = summary.V4,
                V6 = summary.V6,
                Listeners = [.. listeners.Values],
                Counters = after,
                Sockets = LiveMachine.In(place, LiveMachine.ReadSocketStat),
                Settings = settings,
                BlindSpots = [.. machine.BlindSpots],
            },
            Moved = CounterSet.Difference(after, before, elapsed),
            Listeners = Pressures(listeners, listenersBefore, summary),
            Processes = summary.Processes(Largest),
            Remotes = summary.Remotes(Largest),
            Ports = summary.Ports?.Busiest(Largest) ?? [],
            UsablePorts = summary.Ports?.Usable ?? 0,
            Unaccepted = summary.Unaccepted,
            Sources = [.. machine.Sources],
        };
    }

    /// <summary>A namespace does not show limits of the whole host (tcp_mem, tcp_max_orphans); where we are ourselves, they may be seen.</summary>
    private HostSettings Settings(NetworkNamespace place)
    {
        HostSettings settings = LiveMachine.In(place, Read);
        return place.IsOwn ? settings : settings.WithHostWideFrom(Read());

        HostSettings Read() => new SettingsReader().Read(session.Clock.GetUtcNow());
    }

    private Dictionary<ulong, Listener> Listeners()
    {
        var listeners = new Dictionary<ulong, Listener>();
        var query = new SocketQuery { States = StateSet.Of(TcpState.Listen), Details = SocketDetails.Memory };
        using SocketWalk walk = machine.Walk(query);
        while (walk.Read(out SocketEntry entry))
        {
            listeners[entry.Cookie] = new Listener(entry, walk.Detail?.Memory?.Drops);
        }

        return listeners;
    }

    /// <summary>Those with the fullest queues and the most drops first.</summary>
    private List<ListenerPressure> Pressures(Dictionary<ulong, Listener> now, Dictionary<ulong, Listener> before, SocketSummary summary)
    {
        List<ListenerPressure> pressures = [];
        foreach ((ulong cookie, Listener listener) in now)
        {
            SocketEntry entry = listener.Entry;
            ReadOnlySpan<SocketHolder> holders = machine.HoldersOf(in entry);
            pressures.Add(new ListenerPressure(listener, holders is [var first, ..] ? $"{first.Process.Command}/{first.Process.Pid}" : "-")
            {
                DroppedMeanwhile = before.TryGetValue(cookie, out Listener then) ? listener.Drops - then.Drops : null,
                Unaccepted = summary.UnacceptedAt(in entry),
            });
        }

        pressures.Sort(static (left, right) => Rank(right).CompareTo(Rank(left)));
        return pressures;

        static (long, double, uint, int) Rank(ListenerPressure listener)
            => (listener.DroppedMeanwhile ?? 0, listener.Now.QueueShare, listener.Now.Drops ?? 0, -listener.Now.Entry.Local.Port);
    }
}
