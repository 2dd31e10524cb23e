using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>A tracepoint to listen to.</summary>
/// <param name="Kind">What its records tell.</param>
/// <param name="Format">Where their fields are.</param>
/// <param name="Filter">The kernel's condition; may be empty.</param>
/// <param name="IsTold">False when its records are only listened to for what they add to others.</param>
internal sealed record PerfTracepoint(TraceKind Kind, TracepointFormat Format, string Filter, bool IsTold)
{
    public TracepointReader Reader { get; } = new(Format);
}

/// <summary>Which of the kernel's tracepoints answer a request, and what they leave open.</summary>
internal sealed class PerfPlan
{
    /// <summary>A blind spot that notices of destroyed sockets fill.</summary>
    public const string Counts = "octets, segments and round-trip times of connections";

    private const TraceTopics Changes = TraceTopics.StateChanges | TraceTopics.Lives;
    private const TraceTopics EndsOfSockets = Changes | TraceTopics.Connects;

    // What happens to a socket is told with the process that its state changes showed to use it.
    private const TraceTopics EventsOfSockets =
        TraceTopics.Retransmissions | TraceTopics.SynAckRetransmissions | TraceTopics.Resets | TraceTopics.Drops | TraceTopics.Losses;

    private static readonly (string Name, TraceKind Kind, string What, TraceTopics Tells, TraceTopics Helps)[] Table =
    [
        ("sock/inet_sock_set_state", TraceKind.StateChange, "state changes", EndsOfSockets, EventsOfSockets),
        ("sock/inet_sk_error_report", TraceKind.ErrorReported, "errors", TraceTopics.Errors, EndsOfSockets),
        ("tcp/tcp_retransmit_skb", TraceKind.Retransmitted, "retransmissions", TraceTopics.Retransmissions, TraceTopics.Lives),
        ("tcp/tcp_retransmit_synack", TraceKind.SynAckRetransmitted, "retransmitted SYN-ACKs", TraceTopics.SynAckRetransmissions, TraceTopics.None),
        ("tcp/tcp_send_reset", TraceKind.ResetSent, "resets sent", TraceTopics.Resets, TraceTopics.None),
        ("tcp/tcp_receive_reset", TraceKind.ResetReceived, "resets received", TraceTopics.Resets, TraceTopics.None),
        ("skb/kfree_skb", TraceKind.SegmentDropped, "dropped segments", TraceTopics.Drops, TraceTopics.None),
        ("tcp/tcp_cong_state_set", TraceKind.LossDetected, "losses", TraceTopics.Losses, TraceTopics.None),
        ("tcp/tcp_bad_csum", TraceKind.BadChecksum, "bad checksums", TraceTopics.BadChecksums, TraceTopics.None),
    ];

    private PerfPlan(TraceRequest request) => (Request, Filter) = (request, new PerfFilter(request.Filter));

    public TraceRequest Request { get; }

    public PerfFilter Filter { get; }

    public List<PerfTracepoint> Tracepoints { get; } = [];

    public List<BlindSpot> BlindSpots { get; } = [];

    public TraceNames Names { get; private set; } = TraceNames.None;

    /// <summary>True when every change of state is listened to, so that the state of a socket is known at every event.</summary>
    public bool FollowsStates => Wants(Changes);

    /// <summary>True when the ends of sockets are listened to, not only those of connect().</summary>
    public bool SeesEnds => Wants(Changes | EventsOfSockets);

    /// <summary>True when one of these was asked for.</summary>
    public bool Wants(TraceTopics topics) => (Request.Topics & topics) != TraceTopics.None;

    public static PerfPlan Make(TraceRequest request, Func<string, TracepointFormat?> formatOf)
    {
        PerfPlan plan = new(request);
        foreach ((string name, TraceKind kind, string what, TraceTopics tells, TraceTopics helps) in Table)
        {
            if (!plan.Wants(tells | helps))
            {
                continue;
            }

            if (formatOf(name) is not { } format || plan.OwnFilter(kind, format) is not { } own)
            {
                plan.BlindSpots.Add(new BlindSpot(what, "this kernel's tracepoint " + name.Replace('/', ':') + " is missing, or tells too little"));
                continue;
            }

            plan.Tracepoints.Add(new PerfTracepoint(kind, format, plan.Filter.For(format, own), plan.Wants(tells)));
        }

        plan.AddBlindSpots();
        return plan;
    }

    /// <summary>Only TCP throws segments away for it.</summary>
    public static bool IsReasonOfTcp(string reason) => reason.StartsWith("TCP_", StringComparison.Ordinal);

    /// <summary>What is always asked of a tracepoint; null when its records would tell nothing.</summary>
    private string? OwnFilter(TraceKind kind, TracepointFormat format)
    {
        switch (kind)
        {
            case TraceKind.StateChange:
                return format["oldstate"] is null || format["newstate"] is null || format["skaddr"] is null ? null : "protocol==6" + States();
            case TraceKind.ErrorReported:
                return "protocol==6&&error!=0";   // A socket that is used anew tells that it has none.
            case TraceKind.LossDetected:
                return "cong_state>=2";   // 0 is that all is well, 1 that a segment may only be late.
            case TraceKind.ResetSent:
                Names = Names with { ResetReasons = format.Symbols("reason", "SK_RST_REASON_") ?? [] };
                return "";
            case TraceKind.SegmentDropped:
                Names = Names with { DropReasons = format.Symbols("reason", "SKB_DROP_REASON_") ?? [] };
                return Names.DropReasons.Count == 0 ? null : Drops(format);
            default:
                return "";
        }
    }

    /// <summary>Without state changes asked for, those of connect(), and those that tell who uses a socket and that an address has a new one.</summary>
    private string States()
    {
        if (FollowsStates)
        {
            return "";
        }

        List<string> terms = Wants(TraceTopics.Connects) ? ["oldstate==2", "newstate==2"] : [];
        terms.AddRange(Wants(EventsOfSockets) ? ["oldstate==7", "oldstate==10", "newstate==7"] : []);
        return $"&&({string.Join("||", terms)})";
    }

    /// <summary>Segments of every protocol are dropped there: those of TCP have a reason of TCP's own, or a socket that is known.</summary>
    private string Drops(TracepointFormat format)
    {
        IEnumerable<string> terms = Enumerable.Range(0, Names.DropReasons.Count)
            .Where(number => IsReasonOfTcp(Names.DropReasons[number]))
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"reason=={number}"));
        terms = format["rx_sk"] is null ? terms : terms.Append("rx_sk!=0");
        return $"(protocol==2048||protocol==34525)&&({string.Join("||", terms)})";   // ETH_P_IP, ETH_P_IPV6
    }

    private void AddBlindSpots()
    {
        const string NoField = "the tracepoints do not tell them";
        Add(EndsOfSockets | EventsOfSockets, "network namespaces, so those of all are shown; cookies, inodes and users", NoField);
        Add(Changes, "the end of TIME_WAIT, and the FIN_WAIT_2 of an orphan, which is shown as TIME_WAIT", "the tracepoint tells of both as CLOSE");
        Add(EndsOfSockets, "errors that ended a connection no process held", "the tracepoint does not tell them");
        Add(TraceTopics.Lives, Counts, NoField);
        Add(TraceTopics.Accepts, "accept()", "no tracepoint tells of it");
        Add(TraceTopics.Retransmissions, "sequence numbers and attempts of retransmissions", NoField);
        Add(TraceTopics.Errors, "the processes that errors are reported to", "the tracepoint does not tell the socket");
        Add(TraceTopics.Drops, "dropped segments without a reason of TCP's own, and their addresses", "the tracepoint tells neither protocol nor addresses");
    }

    private void Add(TraceTopics topics, string what, string why)
    {
        if (Wants(topics))
        {
            BlindSpots.Add(new BlindSpot(what, why));
        }
    }
}
