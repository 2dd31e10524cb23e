using TcpLens.Observation;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>The status of a connection of ours as Linux's tcp_info has it. What we do not measure stays null.</summary>
internal static class StatusView
{
    public static TcpInfo Of(ConnectionStatus status) => new()
    {
        CongestionState = (byte)status.Phase,
        Retransmits = Octet(status.Retransmits),
        Probes = Octet(status.Probes),
        Backoff = Octet(status.Backoff),
        Options = OptionsOf(status),
        SendWindowScale = Octet(status.SendWindowShift),
        ReceiveWindowScale = Octet(status.ReceiveWindowShift),
        RetransmissionTimeoutMicroseconds = Microseconds(status.Rto),
        SendMssBytes = (uint)status.SendSegmentSize,
        ReceiveMssBytes = (uint)status.ReceiveSegmentSize,
        AdvertisedMssBytes = (uint)status.AdvertisedSegmentSize,
        PathMtuBytes = (uint)status.PathMtu,
        UnackedSegments = (uint)status.Unacknowledged,
        SackedSegments = (uint)status.Sacked,
        LostSegments = (uint)status.Lost,
        RetransmittedSegmentsInFlight = (uint)status.Retransmitted,
        ReorderingSegments = (uint)status.Reordering,
        RttMicroseconds = Microseconds(status.SmoothedRtt),
        RttVariationMicroseconds = Microseconds(status.RttVariation),
        MinRttMicroseconds = status.MinimumRtt > TimeSpan.Zero ? Microseconds(status.MinimumRtt) : null,
        SlowStartThresholdSegments = (uint)status.SlowStartThreshold,
        CongestionWindowSegments = (uint)status.CongestionWindow,
        TotalRetransmittedSegments = (uint)status.TotalRetransmissions,
        SegmentsSent = (uint)status.SegmentsSent,
        SegmentsReceived = (uint)status.SegmentsReceived,
        DataSegmentsSent = (uint)status.DataSegmentsSent,
        DataSegmentsReceived = (uint)status.DataSegmentsReceived,
        BytesSent = (ulong)status.OctetsSent,
        BytesAcked = (ulong)status.OctetsAcknowledged,
        BytesReceived = (ulong)status.OctetsReceived,
        BytesRetransmitted = (ulong)status.OctetsRetransmitted,
        NotSentBytes = (uint)status.NotSent,
        DeliveredSegments = (uint)status.Delivered,
        DeliveredCongestionMarkedSegments = (uint)status.DeliveredWithCongestionMark,
        DuplicateSacksReceived = (uint)status.DuplicatesReported,
        ReorderingEventsSeen = (uint)status.ReorderingsSeen,
        OutOfOrderSegmentsReceived = (uint)status.OutOfOrderReceived,
        SendWindowBytes = status.SendWindow,
        ReceiveWindowBytes = status.ReceiveWindow,
    };

    private static TcpInfoOptions OptionsOf(ConnectionStatus status)
        => (status.HasTimestamps ? TcpInfoOptions.Timestamps : TcpInfoOptions.None)
            | (status.HasSack ? TcpInfoOptions.SelectiveAcknowledgment : TcpInfoOptions.None)
            | (status.HasWindowScaling ? TcpInfoOptions.WindowScale : TcpInfoOptions.None)
            | (status.HasEcn ? TcpInfoOptions.Ecn : TcpInfoOptions.None);

    private static byte Octet(int value) => (byte)Math.Min(value, byte.MaxValue);

    private static uint Microseconds(TimeSpan span) => (uint)Math.Clamp(span.TotalMicroseconds, 0, uint.MaxValue);
}
