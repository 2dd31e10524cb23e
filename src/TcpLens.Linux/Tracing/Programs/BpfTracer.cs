using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Follows the machine's TCP by programs in the kernel, which write each event as a <see cref="TraceRecord"/> into one ring. Needs cap_bpf
/// and cap_perfmon, and a kernel that describes its types (Linux 5.12). It hangs on open descriptors alone: when the process ends,
/// however it ends, nothing stays.
/// </summary>
public sealed class BpfTracer : TraceSource
{
    private readonly TracePlan _plan;
    private readonly TraceProgramSet _programs;
    private readonly BpfRing _ring;
    private readonly SocketSweeper _sweeper;
    private readonly ulong[] _noRoom = new ulong[NoRoomPlace.Length / sizeof(ulong)];

    private BpfTracer(TracePlan plan, TraceProgramSet programs, BpfRing ring, TraceNames names)
    {
        _plan = plan;
        _programs = programs;
        _ring = ring;
        _sweeper = new SocketSweeper(plan);
        Names = names;
        BlindSpots = programs.BlindSpots;
    }

    public override TraceNames Names { get; }

    public override string Description => $"{_programs.Count} BPF programs, a ring of {_plan.Request.RingLength >> 20} MiB";

    public override ulong Lost
    {
        get
        {
            _plan.NoRoom.Read(_noRoom);
            ulong rescued = _noRoom[NoRoomPlace.Rescued / sizeof(ulong)];
            return _noRoom[NoRoomPlace.Records / sizeof(ulong)] + Math.Max(_programs.Misses, rescued) - rescued;
        }
    }

    public override ulong MissedTimers => _programs.MissedTimers;

    public override ulong UnrememberedChanges => _sweeper.Refused;

    /// <summary>Starts; null, and a sentence why, when this kernel or this user cannot.</summary>
    public static BpfTracer? TryOpen(TraceRequest request, out string? whyNot) => TryOpen(request, TracePlan.MostSockets, out whyNot);

    internal static BpfTracer? TryOpen(TraceRequest request, int mostSockets, out string? whyNot)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (BpfSupport.TryReadTypes(out whyNot) is not { } btf)
        {
            return null;
        }

        List<IDisposable> opened = [];
        try
        {
            var types = new KernelTypes(btf);
            TracePlan plan = TracePlan.ForRecords(types, request, TimeWaitHandler(), mostSockets);
            opened.Add(plan);
            var ring = new BpfRing(plan.Ring!, request.RingLength);
            opened.Add(ring);
            var programs = new TraceProgramSet(types);
            opened.Add(programs);
            if (plan.Wants(TraceTopics.StateChanges | TraceTopics.Lives | TraceTopics.Connects | TraceTopics.Accepts))
            {
                programs.AddStateChanges(plan);
            }

            var names = new TraceNames(btf.EnumNames("skb_drop_reason", "SKB_DROP_REASON_") ?? [], btf.EnumNames("sk_rst_reason", "SK_RST_REASON_") ?? []);
            programs.AddEvents(plan, names);
            return new BpfTracer(plan, programs, ring, names);
        }
        catch (Exception refused) when (refused is SystemCallException or MissingTypeException)
        {
            opened.Reverse();
            opened.ForEach(static one => one.Dispose());
            whyNot = refused.Message;
            return null;
        }
    }

    /// <summary>0 when the kernel hides it.</summary>
    internal static ulong TimeWaitHandler() => KernelSymbols.AddressOf("tw_timer_handler"u8) ?? 0;

    public override ReadOnlySpan<byte> Take()
    {
        _sweeper.SweepIfFull(MonotonicClock.Now());
        return _ring.Take();
    }

    public override void Release() => _ring.Release();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _programs.Dispose();
            _ring.Dispose();
            _plan.Dispose();
        }

        base.Dispose(disposing);
    }
}
