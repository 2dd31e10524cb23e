using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Where loss recovery stands; the numbers are Linux's (tcpi_ca_state, include/uapi/linux/tcp.h).</summary>
public enum RecoveryPhase : byte
{
    Open = 0,
    Disorder = 1,

    /// <summary>The window was reduced for ECN.</summary>
    WindowReduced = 2,
    Recovery = 3,
    Loss = 4,
}

/// <summary>
/// What STATUS tells (RFC 9293 §3.9.1.6): the values of Linux's TCP_INFO, by its names, in its units (segments where Linux counts segments).
/// </summary>
public sealed record ConnectionStatus
{
    public TcpState State { get; init; }

    public RecoveryPhase Phase { get; init; }

    /// <summary>Timeouts in a row.</summary>
    public int Retransmits { get; init; }

    /// <summary>Window or keep-alive probes in a row.</summary>
    public int Probes { get; init; }

    public int Backoff { get; init; }

    public bool HasTimestamps { get; init; }

    public bool HasSack { get; init; }

    public bool HasWindowScaling { get; init; }

    public bool HasEcn { get; init; }

    public int SendWindowShift { get; init; }

    public int ReceiveWindowShift { get; init; }

    public TimeSpan Rto { get; init; }

    public int SendSegmentSize { get; init; }

    public int ReceiveSegmentSize { get; init; }

    public int AdvertisedSegmentSize { get; init; }

    public int PathMtu { get; init; }

    /// <summary>Segments in flight, selectively acknowledged, taken for lost, sent again and not yet acknowledged.</summary>
    public int Unacknowledged { get; init; }

    public int Sacked { get; init; }

    public int Lost { get; init; }

    public int Retransmitted { get; init; }

    /// <summary>Segments by which the path was seen to reorder; 3 when it was not.</summary>
    public int Reordering { get; init; }

    public TimeSpan SmoothedRtt { get; init; }

    public TimeSpan RttVariation { get; init; }

    public TimeSpan MinimumRtt { get; init; }

    /// <summary>Segments; <see cref="int.MaxValue"/> before the first loss.</summary>
    public int SlowStartThreshold { get; init; }

    /// <summary>Segments.</summary>
    public int CongestionWindow { get; init; }

    public long TotalRetransmissions { get; init; }

    public long SegmentsSent { get; init; }

    public long SegmentsReceived { get; init; }

    public long DataSegmentsSent { get; init; }

    public long DataSegmentsReceived { get; init; }

    public long OctetsSent { get; init; }

    public long OctetsAcknowledged { get; init; }

    public long OctetsReceived { get; init; }

    public long OctetsRetransmitted { get; init; }

    /// <summary>Octets handed over and not yet sent.</summary>
    public long NotSent { get; init; }

    /// <summary>Segments that arrived, retransmissions counted once.</summary>
    public long Delivered { get; init; }

    public long DeliveredWithCongestionMark { get; init; }

    public long DuplicatesReported { get; init; }

    public long ReorderingsSeen { get; init; }

    public long OutOfOrderReceived { get; init; }

    /// <summary>SND.WND and RCV.WND, in octets.</summary>
    public uint SendWindow { get; init; }

    public uint ReceiveWindow { get; init; }

    public SeqNum SendUnacknowledged { get; init; }

    public SeqNum SendNext { get; init; }

    public SeqNum ReceiveNext { get; init; }

    /// <summary>Octets in the queues of sending and receiving, as sock_diag shows them.</summary>
    public int SendQueue { get; init; }

    public int ReceiveQueue { get; init; }
}
