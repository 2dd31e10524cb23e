using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Traces where BPF is refused: perf listens to the tracepoints, and what they leave out is added here as far as earlier events told it.
/// Records come in the order of time, a few milliseconds late. Costs the traced side about 1.2 µs an event, measured on Linux 6.18.
/// <code>
/// using PerfTracer? tracer = PerfTracer.TryOpen(request, out string? whyNot);
/// </code>
/// </summary>
public sealed class PerfTracer : TraceSource
{
    private const int BufferLength = 512 << 10;   // What is not in it yet waits in the kernel's rings, which count what they lose.
    private const ulong Lateness = 2_000_000;     // Nanoseconds from taking the time for a record to writing it, at most.

    private readonly PerfEvents _events;
    private readonly PerfMerge _merge;
    private readonly PerfTranslator _translator;
    private readonly List<BlindSpot> _blindSpots;
    private readonly byte[] _octets = new byte[BufferLength];
    private int _length;

    private PerfTracer(PerfPlan plan, PerfEvents events)
    {
        _events = events;
        _merge = new PerfMerge(events.Rings);
        _translator = new PerfTranslator(plan, new TaskNames());
        _blindSpots = plan.BlindSpots;
        Names = plan.Names;
        BlindSpots = _blindSpots;
        Description = $"{plan.Tracepoints.Count} tracepoints by perf_event_open, a ring of {events.RingLength >> 10} KiB for each of {events.Rings.Count} processors"
            + (events.AreFiltered ? "" : ", without filters in the kernel");
    }

    public override ulong Lost => _events.Lost;

    public override ulong Unrecorded => _events.Unrecorded;

    public override ulong UnrememberedChanges => _translator.Forgotten;

    public override TraceNames Names { get; }

    public override string Description { get; }

    /// <summary>Opens the tracepoints; null, and a sentence what is missing, when this kernel or this user cannot.</summary>
    public static PerfTracer? TryOpen(TraceRequest request, out string? whyNot)
    {
        ArgumentNullException.ThrowIfNull(request);
        using TraceFs? formats = TraceFs.TryOpen(out whyNot);
        if (formats is null)
        {
            whyNot = PerfSupport.IsAllowed ? whyNot : $"{whyNot}; and perf_event_open: {PerfSupport.HowToAllow}";
            return null;
        }

        PerfPlan plan = PerfPlan.Make(request, formats.Format);
        if (!plan.Tracepoints.Exists(tracepoint => tracepoint.IsTold))
        {
            whyNot = "no tracepoint of this kernel tells what was asked for";
            return null;
        }

        return PerfEvents.TryOpen(plan.Tracepoints, request.RingLength, out whyNot) is { } events ? new PerfTracer(plan, events) : null;
    }

    /// <summary>Says first why it had to be perf.</summary>
    internal void Excuse(BlindSpot reason) => _blindSpots.Insert(0, reason);

    public override ReadOnlySpan<byte> Take()
    {
        if (_length == 0)
        {
            Fill();
        }

        return _octets.AsSpan(0, _length);
    }

    public override void Release() => _length = 0;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _events.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fill()
    {
        _merge.Look((ulong)MonotonicClock.Now().Nanoseconds - Lateness);
        while (BufferLength - _length >= PerfTranslator.MostOctets && _merge.Next() is { } ring)
        {
            _length += _translator.Translate(ring.Current, ring.Following, _octets.AsSpan(_length));
            ring.Pass();
        }

        _merge.Release();
    }
}
