using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Takes the two samples of an <see cref="Examination"/> from a live machine. The first dump asks for no tcp_info where sockets are
/// many: the kernel locks every socket for it, and the second has it.
/// <code>
/// Examination seen = new Examiner(machine, clock, progress).Examine(TimeSpan.FromSeconds(5), cancellation);
/// </code>
/// </summary>
/// <param name="machine">The machine; its first place is examined.</param>
/// <param name="clock">For the time between the samples and the date on them.</param>
/// <param name="progress">Told what is being done, a few words at a time.</param>
public sealed class Examiner(LiveMachine machine, TimeProvider clock, Action<string> progress)
{
    /// <summary>Up to so many sockets the first sample has tcp_info too.</summary>
    public const int FewSockets = 20_000;

    private readonly NetworkNamespace _place = machine.Places[0];
    private readonly CounterReader _counters = new();

    /// <param name="duration">Between the samples. A cancellation cuts it short, and what there is then is examined.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Examination Examine(TimeSpan duration, CancellationToken cancellation)
    {
        progress("taking the first sample …");
        long start = clock.GetTimestamp();
        SocketStat? stat = LiveMachine.In(_place, LiveMachine.ReadSocketStat);
        bool isSmall = stat is { } sums && sums.InUse + sums.InUseV6 <= FewSockets;
        Sample before = Take(stat, isSmall ? SocketDetails.Memory | SocketDetails.Info : SocketDetails.Memory);

        ProcessFactsReader processes = new();
        progress($"watching for {duration.TotalSeconds:0.#} s …");
        TimeSpan rest = duration - clock.GetElapsedTime(start);
        _ = rest > TimeSpan.Zero && cancellation.WaitHandle.WaitOne(rest);

        progress("taking the second sample …");
        TimeSpan elapsed = clock.GetElapsedTime(start);
        Sample now = Take(LiveMachine.In(_place, LiveMachine.ReadSocketStat), SocketDetails.Memory | SocketDetails.Info | SocketDetails.CongestionControl);
        progress("finding out who holds the sockets …");
        machine.FindAllOwners();
        before.Sockets.AssignHolders(machine);
        now.Sockets.AssignHolders(machine);
        return new Examination
        {
            HostName = Environment.MachineName,
            Namespace = _place,
            Before = before,
            Now = now,
            Elapsed = elapsed,
            Settings = Settings(),
            Processes = processes.Read(now.Sockets),
            BlindSpots = [.. machine.BlindSpots],
            Sources = [.. machine.Sources],
        };
    }

    private Sample Take(SocketStat? stat, SocketDetails details)
    {
        // Counters first: a socket that appears after them explains a movement that the next sample will show.
        CounterSet counters = LiveMachine.In(_place, _counters.Read);
        SocketTable sockets = new((int)Math.Min(1 << 20, (stat?.InUse + stat?.InUseV6 + stat?.TimeWait) ?? 0));
        using SocketWalk walk = machine.Walk(new SocketQuery { Details = details });
        while (walk.Read(out SocketEntry entry))
        {
            SocketDetail? detail = walk.Detail;
            sockets.Add(new SocketRecord
            {
                Entry = entry,
                Memory = detail?.Memory,
                Vitals = detail?.Info is { } info ? TcpVitals.Of(info) : null,
                CongestionControl = detail?.CongestionControl,
                IsLocked = detail?.IsLocked ?? false,
            });
        }

        return new Sample { TakenAt = clock.GetUtcNow(), Counters = counters, Sockets = sockets, Stat = stat };
    }

    /// <summary>A namespace does not show limits of the whole host (tcp_mem, tcp_max_orphans); where we are ourselves, they may be seen.</summary>
    private HostSettings Settings()
    {
        HostSettings settings = LiveMachine.In(_place, Read);
        return _place.IsOwn ? settings : settings.WithHostWideFrom(Read());

        HostSettings Read() => new SettingsReader().Read(clock.GetUtcNow());
    }
}
