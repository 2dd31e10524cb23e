using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Counts every state change of the machine's TCP sockets inside the kernel, with the time each state lasted, until it is disposed of.
/// Nothing is sent, so no ring can be full; what the kernel passes over is counted (<see cref="Missed"/>). It costs the traced side about a
/// fifth of a microsecond an event.
/// <code>
/// using TransitionCounter? counter = TransitionCounter.TryOpen([], out string? whyNot);
/// TransitionCounts before = counter.Read();
/// …
/// TransitionCounts during = counter.Read() - before;
/// </code>
/// </summary>
public sealed class TransitionCounter : IDisposable
{
    private readonly TracePlan _plan;
    private readonly TraceProgramSet _programs;
    private readonly SocketSweeper _sweeper;
    private readonly ulong[] _numbers = new ulong[PossibleProcessors() * TransitionCounts.Length];

    private TransitionCounter(TracePlan plan, TraceProgramSet programs)
    {
        _plan = plan;
        _programs = programs;
        _sweeper = new SocketSweeper(plan);
    }

    /// <summary>What it cannot see, and why.</summary>
    public IReadOnlyList<BlindSpot> BlindSpots => _programs.BlindSpots;

    /// <summary>Changes that came while the program was at work on the same processor, and were not counted.</summary>
    public ulong Missed => _programs.Misses;

    /// <inheritdoc cref="TraceSource.MissedTimers"/>
    public ulong MissedTimers => _programs.MissedTimers;

    /// <inheritdoc cref="TraceSource.UnrememberedChanges"/>
    public ulong UnrememberedChanges => _sweeper.Refused;

    public string Description => $"{_programs.Count} BPF programs, counting in the kernel";

    /// <summary>Starts to count; null, and a sentence why, when this kernel or this user cannot.</summary>
    /// <param name="namespaces">Inodes of the network namespaces that matter; empty for all.</param>
    /// <param name="whyNot">The reason when null is returned.</param>
    public static TransitionCounter? TryOpen(IReadOnlyList<uint> namespaces, out string? whyNot) => TryOpen(namespaces, TracePlan.MostSockets, out whyNot);

    internal static TransitionCounter? TryOpen(IReadOnlyList<uint> namespaces, int mostSockets, out string? whyNot)
    {
        if (BpfSupport.TryReadTypes(out whyNot) is not { } btf)
        {
            return null;
        }

        TracePlan? plan = null;
        TraceProgramSet? programs = null;
        try
        {
            var types = new KernelTypes(btf);
            plan = TracePlan.ForCounts(types, namespaces, BpfTracer.TimeWaitHandler(), mostSockets);
            programs = new TraceProgramSet(types);
            programs.AddStateChanges(plan);
            return new TransitionCounter(plan, programs);
        }
        catch (Exception refused) when (refused is SystemCallException or MissingTypeException)
        {
            programs?.Dispose();
            plan?.Dispose();
            whyNot = refused.Message;
            return null;
        }
    }

    /// <summary>All that was counted so far.</summary>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public TransitionCounts Read()
    {
        _sweeper.SweepIfFull(MonotonicClock.Now());
        TransitionCounts counts = new();
        foreach (CountSlot slot in Enum.GetValues<CountSlot>())
        {
            _plan.Counts!.Read(_numbers, (uint)slot);
            for (int start = 0; start < _numbers.Length; start += TransitionCounts.Length)
            {
                counts.Add(_numbers.AsSpan(start, TransitionCounts.Length));
            }
        }

        return counts;
    }

    public void Dispose()
    {
        _programs.Dispose();
        _plan.Dispose();
    }

    /// <summary>Processors that may ever come, as the kernel keeps values for them: "0-3".</summary>
    private static int PossibleProcessors()
    {
        ReadOnlySpan<char> text = SmallFile.ReadText("/sys/devices/system/cpu/possible").AsSpan().Trim();
        int last = text.LastIndexOfAny('-', ',') + 1;
        return int.TryParse(text[last..], out int highest) ? highest + 1 : Environment.ProcessorCount;
    }
}
