using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Queues of this machine that were full, or that drop to tell senders to slow down.</summary>
internal static class QueueDrops
{
    private const string Shape = "tc -s qdisc show tells which, and how much.";

    public static readonly ReasonPage[] Pages =
    [
        new("QDISC_DROP", Warning, "dropped by the queue of the device", "The queueing discipline of the outgoing device would not take the packet, and gives no closer reason: it was full, as a rule. TCP notices and sends it again.")
        {
            Advice = Shape,
            SeeAlso = ["default_qdisc", "TCPRetransFail"],
            Conditions = ["local-drop"],
        },
        new("QDISC_OVERLIMIT", Warning, "queue of the device full", "The queueing discipline has reached its limit of packets or octets: more is sent than the device or its rate limit can carry.") { Advice = Shape, SeeAlso = ["default_qdisc"], Conditions = ["local-drop", "bufferbloat"] },
        new("QDISC_CONGESTED", Notice, "dropped to slow a flow down", "A queue manager (codel, fq_codel, PIE, RED) drops on purpose, so that the sender slows down before the queue is long. A few are a good sign.") { Advice = Shape, SeeAlso = ["tcp_ecn"], Conditions = ["bufferbloat"] },
        new("CAKE_FLOOD", Notice, "flow does not slow down (CAKE)", "CAKE drops more and more of a flow that ignores its signals.") { Advice = Shape },
        new("FQ_BAND_LIMIT", Warning, "band of the fq queue full", "The queueing discipline fq has reached the limit of one of its three priority bands.") { Advice = Shape, Conditions = ["local-drop"] },
        new("FQ_HORIZON_LIMIT", Notice, "to be sent too far in the future (fq)", "Pacing gave the packet a time beyond fq's horizon (10 s): a rate that is far too low, or a wrong timestamp by SO_TXTIME.") { Advice = Shape },
        new("FQ_FLOW_LIMIT", Warning, "too many packets of one flow (fq)", "A single flow has reached fq's flow_limit; for TCP, whose own queue is short, a sign of very small packets or raised limits.") { Advice = Shape, SeeAlso = ["tcp_limit_output_bytes"], Conditions = ["local-drop"] },
        new("DUALPI2_STEP_DROP", Notice, "dropped to slow a flow down (DualPI2)", "The low-latency queue of DualPI2 was above its step threshold and the packet cannot carry a congestion mark.") { Advice = Shape, SeeAlso = ["tcp_ecn"] },
        new("CPU_BACKLOG", Warning, "input queue of a CPU full", "Packets arrive faster than one processor handles them, from a device without NAPI, through loopback, veth or RPS; or one flow takes too large a share (RPS flow limit).") { SeeAlso = ["netdev_max_backlog", "softnet.dropped"], Conditions = ["local-drop"] },
        new("FULL_RING", Warning, "ring of a virtual device full", "The reader of a TUN, TAP or virtual device does not keep up: a virtual machine or VPN without enough CPU.") { Conditions = ["local-drop"] },
        new("RECURSION_LIMIT", Warning, "virtual devices send to each other in a circle", "A packet passed through too many tunnels or virtual devices, each handing it to the next: a loop in the configuration.") { Conditions = ["local-drop"] },
    ];
}
