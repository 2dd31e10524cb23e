namespace TcpLens.Observation;

/// <summary>
/// The part of <see cref="TcpInfo"/> that a diagnosis reasons on, as a value: a table of many sockets holds it without an object for
/// each. Units stand in the names; what older kernels lack is null.
/// </summary>
public readonly record struct TcpVitals
{
    /// <summary>linux/tcp.h, enum tcp_ca_state: 0 Open, 1 Disorder, 2 CWR, 3 Recovery, 4 Loss.</summary>
    public byte CongestionState { get; init; }

    public byte Retransmits { get; init; }

    public byte Probes { get; init; }

    /// <summary>How often the timeout was doubled without an acknowledgment.</summary>
    public byte Backoff { get; init; }

    public TcpInfoOptions Options { get; init; }

    public bool IsDeliveryRateAppLimited { get; init; }

    public uint RetransmissionTimeoutMicroseconds { get; init; }

    public uint SendMssBytes { get; init; }

    public uint ReceiveMssBytes { get; init; }

    public uint UnackedSegments { get; init; }

    public uint SackedSegments { get; init; }

    public uint LostSegments { get; init; }

    /// <summary>Null in SYN_SENT, where Linux leaves garbage.</summary>
    public uint? LastDataSentMilliseconds { get; init; }

    public uint? LastDataReceivedMilliseconds { get; init; }

    public uint? LastAckReceivedMilliseconds { get; init; }

    public uint PathMtuBytes { get; init; }

    public uint RttMicroseconds { get; init; }

    public uint RttVariationMicroseconds { get; init; }

    /// <summary>0x7fffffff means none yet.</summary>
    public uint SlowStartThresholdSegments { get; init; }

    public uint CongestionWindowSegments { get; init; }

    public uint ReorderingSegments { get; init; }

    public uint TotalRetransmittedSegments { get; init; }

    public ulong? BytesAcked { get; init; }

    public ulong? BytesReceived { get; init; }

    public uint? NotSentBytes { get; init; }

    public uint? MinRttMicroseconds { get; init; }

    public uint? DataSegmentsReceived { get; init; }

    public uint? DataSegmentsSent { get; init; }

    public ulong? DeliveryRateBytesPerSecond { get; init; }

    public ulong? BusyMicroseconds { get; init; }

    public ulong? ReceiveWindowLimitedMicroseconds { get; init; }

    public ulong? SendBufferLimitedMicroseconds { get; init; }

    public ulong? BytesSent { get; init; }

    public ulong? BytesRetransmitted { get; init; }

    public uint? DuplicateSacksReceived { get; init; }

    public uint? ReorderingEventsSeen { get; init; }

    public uint? OutOfOrderSegmentsReceived { get; init; }

    public uint? SendWindowBytes { get; init; }

    public uint? ReceiveWindowBytes { get; init; }

    /// <summary>The shortest time since data went or came or an acknowledgment came; null where none of them is known.</summary>
    public uint? IdleMilliseconds => Least(LastDataSentMilliseconds, Least(LastDataReceivedMilliseconds, LastAckReceivedMilliseconds));

    public static TcpVitals Of(TcpInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new TcpVitals
        {
            CongestionState = info.CongestionState ?? 0,
            Retransmits = info.Retransmits ?? 0,
            Probes = info.Probes ?? 0,
            Backoff = info.Backoff ?? 0,
            Options = info.Options ?? TcpInfoOptions.None,
            IsDeliveryRateAppLimited = info.DeliveryRateAppLimited ?? false,
            RetransmissionTimeoutMicroseconds = info.RetransmissionTimeoutMicroseconds ?? 0,
            SendMssBytes = info.SendMssBytes ?? 0,
            ReceiveMssBytes = info.ReceiveMssBytes ?? 0,
            UnackedSegments = info.UnackedSegments ?? 0,
            SackedSegments = info.SackedSegments ?? 0,
            LostSegments = info.LostSegments ?? 0,
            LastDataSentMilliseconds = info.LastDataSentMilliseconds,
            LastDataReceivedMilliseconds = info.LastDataReceivedMilliseconds,
            LastAckReceivedMilliseconds = info.LastAckReceivedMilliseconds,
            PathMtuBytes = info.PathMtuBytes ?? 0,
            RttMicroseconds = info.RttMicroseconds ?? 0,
            RttVariationMicroseconds = info.RttVariationMicroseconds ?? 0,
            SlowStartThresholdSegments = info.SlowStartThresholdSegments ?? 0,
            CongestionWindowSegments = info.CongestionWindowSegments ?? 0,
            ReorderingSegments = info.ReorderingSegments ?? 0,
            TotalRetransmittedSegments = info.TotalRetransmittedSegments ?? 0,
            BytesAcked = info.BytesAcked,
            BytesReceived = info.BytesReceived,
            NotSentBytes = info.NotSentBytes,
            MinRttMicroseconds = info.MinRttMicroseconds,
            DataSegmentsReceived = info.DataSegmentsReceived,
            DataSegmentsSent = info.DataSegmentsSent,
            DeliveryRateBytesPerSecond = info.DeliveryRateBytesPerSecond,
            BusyMicroseconds = info.BusyMicroseconds,
            ReceiveWindowLimitedMicroseconds = info.ReceiveWindowLimitedMicroseconds,
            SendBufferLimitedMicroseconds = info.SendBufferLimitedMicroseconds,
            BytesSent = info.BytesSent,
            BytesRetransmitted = info.BytesRetransmitted,
            DuplicateSacksReceived = info.DuplicateSacksReceived,
            ReorderingEventsSeen = info.ReorderingEventsSeen,
            OutOfOrderSegmentsReceived = info.OutOfOrderSegmentsReceived,
            SendWindowBytes = info.SendWindowBytes,
            ReceiveWindowBytes = info.ReceiveWindowBytes,
        };
    }

    private static uint? Least(uint? left, uint? right) => left is null || right < left ? right : left;
}
