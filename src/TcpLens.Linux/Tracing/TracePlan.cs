using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>What a set of tracing programs has to do, and the maps by which it does it.</summary>
internal sealed class TracePlan : IDisposable
{
    /// <summary>Sockets remembered at once; where the kernel takes the memory beforehand, fewer.</summary>
    private const int MostSockets = 1 << 20;

    private const int MostSocketsBeforehand = 1 << 16;

    private TracePlan(KernelTypes types, IReadOnlyList<uint> namespaces)
    {
        Types = types;
        Namespaces = namespaces;
        Sockets = BpfMap.Table(TracedSocket.Length, MostSockets, MostSocketsBeforehand);
        Processor = BpfMap.PerProcessor(ProcessorMemory.Length, 1);
    }

    public KernelTypes Types { get; }

    /// <summary>Inodes of the network namespaces that matter; empty for all.</summary>
    public IReadOnlyList<uint> Namespaces { get; }

    /// <summary>What is remembered of each socket: <see cref="TracedSocket"/> by address.</summary>
    public BpfMap Sockets { get; }

    /// <summary><see cref="ProcessorMemory"/>.</summary>
    public BpfMap Processor { get; }

    /// <summary>Where records go; null when things are only counted.</summary>
    public BpfMap? Ring { get; private init; }

    /// <summary>One number: records that found no room.</summary>
    public BpfMap? Lost { get; private init; }

    /// <summary>Where state changes are counted, as <see cref="TransitionCounts.Add"/> reads it; null when they are told one by one.</summary>
    public BpfMap? Counts { get; private init; }

    public TraceRequest Request { get; private init; } = new() { Topics = TraceTopics.StateChanges };

    /// <summary>Address of the kernel's tw_timer_handler, by which a TIME_WAIT's timer is known; 0 when it is not to be had.</summary>
    public ulong TimeWaitHandler { get; init; }

    /// <summary>The pid namespace whose numbers we speak; null when it is the machine's own.</summary>
    public (ulong Device, ulong Inode)? PidNamespace { get; } = new ProcFs().PidNamespace;

    /// <summary>Whether the kernel's table of connections is where a mini-socket is looked for (Linux 6.1).</summary>
    public bool SeesMiniSockets => Types.File.Member("net.ipv4.tcp_death_row.hashinfo") is not null;

    /// <summary>Whether the kernel says for which socket a segment was thrown away, so that the FIN of an orphan is seen (Linux 6.11).</summary>
    public bool SeesFins => Types.File.Tracepoint(MiniSocketFinProgram.Tracepoint) is { Arguments: >= MiniSocketFinProgram.Arguments };

    public bool Wants(TraceTopics topics) => (Request.Topics & topics) != TraceTopics.None;

    public static TracePlan ForRecords(KernelTypes types, TraceRequest request, ulong timeWaitHandler) => new(types, request.Namespaces)
    {
        Request = request,
        Ring = BpfMap.Ring(request.RingLength),
        Lost = BpfMap.Single(sizeof(ulong)),
        TimeWaitHandler = timeWaitHandler,
    };

    public static TracePlan ForCounts(KernelTypes types, IReadOnlyList<uint> namespaces, ulong timeWaitHandler) => new(types, namespaces)
    {
        Counts = BpfMap.PerProcessor(TransitionCounts.Length * sizeof(ulong), Enum.GetValues<CountSlot>().Length),
        TimeWaitHandler = timeWaitHandler,
    };

    public void Dispose()
    {
        Sockets.Dispose();
        Processor.Dispose();
        Ring?.Dispose();
        Lost?.Dispose();
        Counts?.Dispose();
    }
}
