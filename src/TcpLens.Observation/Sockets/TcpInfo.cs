namespace TcpLens.Observation;

/// <summary>
/// What the sender and receiver of one connection know (linux/tcp.h, struct tcp_info; RFC 4898 has most of them).
/// Units stand in the names. A value that the source did not give, because its kernel is older, is null and never 0.
/// </summary>
public sealed class TcpInfo
{
    public byte? CongestionState { get; set; }

    public byte? Retransmits { get; set; }

    public byte? Probes { get; set; }

    public byte? Backoff { get; set; }

    public TcpInfoOptions? Options { get; set; }

    public byte? SendWindowScale { get; set; }

    public byte? ReceiveWindowScale { get; set; }

    /// <summary>True when the delivery rate was measured while the application had too little to send.</summary>
    public bool? DeliveryRateAppLimited { get; set; }

    /// <summary>0: not tried or unknown; 1-3: why TCP Fast Open failed as a client (enum tcp_fastopen_client_fail).</summary>
    public byte? FastOpenClientFailure { get; set; }

    public uint? RetransmissionTimeoutMicroseconds { get; set; }

    /// <summary>The delayed-acknowledgment timeout now in force.</summary>
    public uint? AckTimeoutMicroseconds { get; set; }

    public uint? SendMssBytes { get; set; }

    public uint? ReceiveMssBytes { get; set; }

    /// <summary>Segments in flight; on a listener, the length of the accept queue.</summary>
    public uint? UnackedSegments { get; set; }

    /// <summary>Segments acknowledged selectively; on a listener, the limit of the accept queue.</summary>
    public uint? SackedSegments { get; set; }

    public uint? LostSegments { get; set; }

    /// <summary>Retransmitted segments still unacknowledged.</summary>
    public uint? RetransmittedSegmentsInFlight { get; set; }

    public uint? ForwardAckSegments { get; set; }

    /// <summary>Time since data was last sent; null in SYN_SENT, where Linux leaves garbage.</summary>
    public uint? LastDataSentMilliseconds { get; set; }

    public uint? LastDataReceivedMilliseconds { get; set; }

    public uint? LastAckReceivedMilliseconds { get; set; }

    public uint? PathMtuBytes { get; set; }

    public uint? ReceiveSlowStartThresholdBytes { get; set; }

    public uint? RttMicroseconds { get; set; }

    public uint? RttVariationMicroseconds { get; set; }

    /// <summary>Slow-start threshold; 0x7fffffff means none yet.</summary>
    public uint? SlowStartThresholdSegments { get; set; }

    public uint? CongestionWindowSegments { get; set; }

    public uint? AdvertisedMssBytes { get; set; }

    public uint? ReorderingSegments { get; set; }

    public uint? ReceiveRttMicroseconds { get; set; }

    public uint? ReceiveSpaceBytes { get; set; }

    public uint? TotalRetransmittedSegments { get; set; }

    public ulong? PacingRateBytesPerSecond { get; set; }

    /// <summary>ulong.MaxValue means no limit.</summary>
    public ulong? MaxPacingRateBytesPerSecond { get; set; }

    public ulong? BytesAcked { get; set; }

    public ulong? BytesReceived { get; set; }

    public uint? SegmentsSent { get; set; }

    public uint? SegmentsReceived { get; set; }

    public uint? NotSentBytes { get; set; }

    /// <summary>Smallest RTT in the kernel's window (5 minutes by default); uint.MaxValue means no sample, and is given as null.</summary>
    public uint? MinRttMicroseconds { get; set; }

    public uint? DataSegmentsReceived { get; set; }

    public uint? DataSegmentsSent { get; set; }

    public ulong? DeliveryRateBytesPerSecond { get; set; }

    public ulong? BusyMicroseconds { get; set; }

    public ulong? ReceiveWindowLimitedMicroseconds { get; set; }

    public ulong? SendBufferLimitedMicroseconds { get; set; }

    public uint? DeliveredSegments { get; set; }

    public uint? DeliveredCongestionMarkedSegments { get; set; }

    public ulong? BytesSent { get; set; }

    public ulong? BytesRetransmitted { get; set; }

    /// <summary>D-SACKs received: retransmissions that were needless, or duplication in the network (RFC 2883).</summary>
    public uint? DuplicateSacksReceived { get; set; }

    public uint? ReorderingEventsSeen { get; set; }

    public uint? OutOfOrderSegmentsReceived { get; set; }

    public uint? SendWindowBytes { get; set; }

    public uint? ReceiveWindowBytes { get; set; }

    /// <summary>Times the flow hash was changed after a timeout, to try another path.</summary>
    public uint? FlowRehashes { get; set; }

    /// <summary>Timeouts in all, and of the recoveries that took the longest.</summary>
    public ushort? RetransmissionTimeouts { get; set; }

    public ushort? RetransmissionTimeoutRecoveries { get; set; }

    public uint? RetransmissionTimeoutMilliseconds { get; set; }

    /// <summary>Accurate ECN (RFC 9768): segments and octets that arrived with a mark, and those the peer reported.</summary>
    public uint? ReceivedCongestionMarkedSegments { get; set; }

    public uint? DeliveredEct1Bytes { get; set; }

    public uint? DeliveredEct0Bytes { get; set; }

    public uint? DeliveredCongestionMarkedBytes { get; set; }

    public uint? ReceivedEct1Bytes { get; set; }

    public uint? ReceivedEct0Bytes { get; set; }

    public uint? ReceivedCongestionMarkedBytes { get; set; }

    /// <summary>A copy to keep: a walk overwrites the one it hands out.</summary>
    public TcpInfo Copy() => (TcpInfo)MemberwiseClone();
}

/// <summary>What the handshake agreed on (linux/tcp.h, TCPI_OPT_*).</summary>
[Flags]
public enum TcpInfoOptions : byte
{
    None = 0,
    Timestamps = 1,
    SelectiveAcknowledgment = 2,
    WindowScale = 4,
    Ecn = 8,
    EcnSeen = 16,
    SynData = 32,
    UsecTimestamps = 64,
}
