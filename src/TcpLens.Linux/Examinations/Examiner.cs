using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Takes the two samples of an <see cref="Examination"/> from a live machine. Whoever asked waits anyhow between them, so all that
/// need not be of the last moment is done then; and the first dump asks for no tcp_info where sockets are many, since the kernel locks
/// every socket for it and the second has it.
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

    private const int MomentsMax = 25;

    private static readonly TimeSpan ShortestStep = TimeSpan.FromMilliseconds(100);

    private readonly NetworkNamespace _place = machine.Places[0];
    private readonly CounterReader _counters = new() { WithDrops = true };

    /// <param name="duration">Between the samples. A cancellation cuts it short, and what there is then is examined.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Examination Examine(TimeSpan duration, CancellationToken cancellation)
    {
        progress("taking the first sample …");
        long start = clock.GetTimestamp();
        SocketStat? stat = LiveMachine.In(_place, LiveMachine.ReadSocketStat);
        bool isSmall = stat is { } sums && sums.InUse + sums.InUseV6 <= FewSockets;
        Sample before = Take(
            stat,
            new SocketTable((int)Math.Min(1 << 20, (stat?.InUse + stat?.InUseV6 + stat?.TimeWait) ?? 0)),
            isSmall ? SocketDetails.Memory | SocketDetails.Info : SocketDetails.Memory);

        progress($"watching for {duration.TotalSeconds:0.#} s …");
        Surroundings around = new(machine, clock);
        long look = clock.GetTimestamp();
        around.LookFirst(before.Sockets);
        before.Sockets.MakeIndex();
        TimeSpan oneLook = clock.GetElapsedTime(look);

        // As late as its answers are still there when the second sample is due.
        List<CounterMoment> moments = [];
        Wait(start, duration - (1.5 * oneLook), duration, moments, cancellation);
        SocketTable sockets = around.LookAgain(before.Sockets);
        Wait(start, duration, duration, moments, cancellation);

        progress("taking the second sample …");
        TimeSpan elapsed = clock.GetElapsedTime(start);
        Sample now = Take(
            LiveMachine.In(_place, LiveMachine.ReadSocketStat),
            sockets,
            SocketDetails.Memory | SocketDetails.Info | SocketDetails.CongestionControl);
        progress("finding out who holds the sockets …");
        return new Examination
        {
            HostName = Environment.MachineName,
            Namespace = _place,
            Before = before,
            Now = now,
            Elapsed = elapsed,
            Moments = moments,
            Settings = around.Settings,
            SettingSources = around.SettingSources,
            Processes = around.ProcessesOf(before.Sockets, now.Sockets),
            Interfaces = around.Interfaces,
            Cgroups = around.Cgroups,
            BlindSpots = [.. machine.BlindSpots],
            Sources = [.. machine.Sources],
        };
    }

    /// <summary>Waits, and looks at the counters now and then: they make the curves of a report.</summary>
    private void Wait(long start, TimeSpan until, TimeSpan duration, List<CounterMoment> moments, CancellationToken cancellation)
    {
        TimeSpan step = duration / MomentsMax > ShortestStep ? duration / MomentsMax : ShortestStep;
        while (until - clock.GetElapsedTime(start) is { Ticks: > 0 } rest)
        {
            if (cancellation.WaitHandle.WaitOne(rest < step ? rest : step))
            {
                return;
            }

            if (rest > step)
            {
                moments.Add(new CounterMoment(clock.GetElapsedTime(start), LiveMachine.In(_place, _counters.Read)));
            }
        }
    }

    private Sample Take(SocketStat? stat, SocketTable sockets, SocketDetails details)
    {
        // Counters first: a socket that appears after them explains a movement that the next sample will show.
        CounterSet counters = LiveMachine.In(_place, _counters.Read);
        HashSet<ulong>? givenPorts = GivenPorts.Of(machine, _place);
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
                IsPortNamed = entry.State == TcpState.Listen && givenPorts is not null ? !givenPorts.Contains(entry.Cookie) : null,
            });
        }

        return new Sample { TakenAt = clock.GetUtcNow(), Counters = counters, Sockets = sockets, Stat = stat };
    }
}
