using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>What a set of tracing programs has to do, and the maps by which it does it.</summary>
internal sealed class TracePlan : IDisposable
{
    /// <summary>Sockets remembered at once; where the kernel takes the memory beforehand, fewer.</summary>
    public const int MostSockets = 1 << 20;

    private const int MostSocketsBeforehand = 1 << 16;

    private TracePlan(KernelTypes types, IReadOnlyList<uint> namespaces, ulong timeWaitHandler)
        => (Types, Namespaces, TimeWaitHandler) = (types, namespaces, timeWaitHandler);

    public KernelTypes Types { get; }

    /// <summary>Inodes of the network namespaces that matter; empty for all.</summary>
    public IReadOnlyList<uint> Namespaces { get; }

    /// <summary>What is remembered of each socket: <see cref="TracedSocket"/> by address.</summary>
    public BpfMap Sockets { get; private set; } = null!;

    /// <summary><see cref="ProcessorMemory"/>.</summary>
    public BpfMap Processor { get; private set; } = null!;

    /// <summary>How many found none (<see cref="NoRoomPlace"/>).</summary>
    public BpfMap NoRoom { get; private set; } = null!;

    /// <summary>Where records go; null when things are only counted.</summary>
    public BpfMap? Ring { get; private set; }

    /// <summary>Where state changes are counted, as <see cref="TransitionCounts.Add"/> reads it; null when they are told one by one.</summary>
    public BpfMap? Counts { get; private set; }

    public TraceRequest Request { get; private init; } = new() { Topics = TraceTopics.StateChanges };

    /// <summary>Address of the kernel's tw_timer_handler, by which a TIME_WAIT's timer is known; 0 when it is not to be had.</summary>
    public ulong TimeWaitHandler { get; }

    /// <summary>The pid namespace whose numbers we speak; null when it is the machine's own.</summary>
    public (ulong Device, ulong Inode)? PidNamespace { get; } = new ProcFs().PidNamespace;

    /// <summary>Whether the kernel's table of connections is where a mini-socket is looked for (Linux 6.1).</summary>
    public bool SeesMiniSockets => Types.File.Member("net.ipv4.tcp_death_row.hashinfo") is not null;

    /// <summary>Whether what becomes of them matters: lives end where they begin.</summary>
    public bool FollowsMiniSockets => SeesMiniSockets && (Counts is not null || Wants(TraceTopics.StateChanges));

    /// <summary>Whether the kernel says for which socket a segment was thrown away, so that the FIN of an orphan is seen (Linux 6.11).</summary>
    public bool SeesFins => Types.File.Tracepoint(MiniSocketFinProgram.Tracepoint) is { Arguments: >= MiniSocketFinProgram.Arguments };

    public bool Wants(TraceTopics topics) => (Request.Topics & topics) != TraceTopics.None;

    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public static TracePlan ForRecords(KernelTypes types, TraceRequest request, ulong timeWaitHandler, int mostSockets)
        => new TracePlan(types, request.Namespaces, timeWaitHandler) { Request = request }
            .WithMaps(mostSockets, plan => plan.Ring = BpfMap.Ring(request.RingLength));

    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public static TracePlan ForCounts(KernelTypes types, IReadOnlyList<uint> namespaces, ulong timeWaitHandler, int mostSockets)
        => new TracePlan(types, namespaces, timeWaitHandler)
            .WithMaps(mostSockets, plan => plan.Counts = BpfMap.PerProcessor(TransitionCounts.Length * sizeof(ulong), Enum.GetValues<CountSlot>().Length));

    public void Dispose()
    {
        foreach (BpfMap? map in (ReadOnlySpan<BpfMap?>)[Sockets, Processor, NoRoom, Ring, Counts])
        {
            map?.Dispose();
        }
    }

    private TracePlan WithMaps(int mostSockets, Action<TracePlan> makeOthers)
    {
        try
        {
            Sockets = BpfMap.Table(TracedSocket.Length, mostSockets, Math.Min(mostSockets, MostSocketsBeforehand));
            Processor = BpfMap.PerProcessor(ProcessorMemory.Length, 1);
            NoRoom = BpfMap.Single(NoRoomPlace.Length);
            makeOthers(this);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
