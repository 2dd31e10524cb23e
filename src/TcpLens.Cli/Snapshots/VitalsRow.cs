using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>tcp_info of a socket as a row of numbers: the keys of tcplens.list/1, as far as a diagnosis reads them.</summary>
internal static class VitalsRow
{
    public static NumberRow Make() => new(
        "congestion_state", "timer_retransmits", "probes", "backoff", "options", "delivery_rate_app_limited", "rto_us", "send_mss_bytes",
        "receive_mss_bytes", "unacked_segments", "sacked_segments", "lost_segments", "last_data_sent_ms", "last_data_received_ms",
        "last_ack_received_ms", "path_mtu_bytes", "rtt_us", "rtt_variation_us", "slow_start_threshold_segments",
        "congestion_window_segments", "reordering_segments", "total_retransmitted_segments", "bytes_acked", "bytes_received",
        "not_sent_bytes", "min_rtt_us", "data_segments_received", "data_segments_sent", "delivery_rate_bytes_per_second", "busy_us",
        "receive_window_limited_us", "send_buffer_limited_us", "bytes_sent", "bytes_retransmitted", "duplicate_sacks_received",
        "reordering_events_seen", "out_of_order_segments_received", "send_window_bytes", "receive_window_bytes");

    public static void Put(NumberRow row, in TcpVitals vitals)
    {
        row.Put(vitals.CongestionState);
        row.Put(vitals.Retransmits);
        row.Put(vitals.Probes);
        row.Put(vitals.Backoff);
        row.Put((ulong)vitals.Options);
        row.Put(vitals.IsDeliveryRateAppLimited ? 1UL : 0);
        row.Put(vitals.RetransmissionTimeoutMicroseconds);
        row.Put(vitals.SendMssBytes);
        row.Put(vitals.ReceiveMssBytes);
        row.Put(vitals.UnackedSegments);
        row.Put(vitals.SackedSegments);
        row.Put(vitals.LostSegments);
        row.Put(vitals.LastDataSentMilliseconds);
        row.Put(vitals.LastDataReceivedMilliseconds);
        row.Put(vitals.LastAckReceivedMilliseconds);
        row.Put(vitals.PathMtuBytes);
        row.Put(vitals.RttMicroseconds);
        row.Put(vitals.RttVariationMicroseconds);
        row.Put(vitals.SlowStartThresholdSegments);
        row.Put(vitals.CongestionWindowSegments);
        row.Put(vitals.ReorderingSegments);
        row.Put(vitals.TotalRetransmittedSegments);
        row.Put(vitals.BytesAcked);
        row.Put(vitals.BytesReceived);
        row.Put(vitals.NotSentBytes);
        row.Put(vitals.MinRttMicroseconds);
        row.Put(vitals.DataSegmentsReceived);
        row.Put(vitals.DataSegmentsSent);
        row.Put(vitals.DeliveryRateBytesPerSecond);
        row.Put(vitals.BusyMicroseconds);
        row.Put(vitals.ReceiveWindowLimitedMicroseconds);
        row.Put(vitals.SendBufferLimitedMicroseconds);
        row.Put(vitals.BytesSent);
        row.Put(vitals.BytesRetransmitted);
        row.Put(vitals.DuplicateSacksReceived);
        row.Put(vitals.ReorderingEventsSeen);
        row.Put(vitals.OutOfOrderSegmentsReceived);
        row.Put(vitals.SendWindowBytes);
        row.Put(vitals.ReceiveWindowBytes);
    }

    /// <summary>An initializer runs from top to bottom, so this is the order of the keys.</summary>
    public static TcpVitals Take(NumberRow row) => new()
    {
        CongestionState = row.Take8(),
        Retransmits = row.Take8(),
        Probes = row.Take8(),
        Backoff = row.Take8(),
        Options = (TcpInfoOptions)row.Take8(),
        IsDeliveryRateAppLimited = row.TakeFlag(),
        RetransmissionTimeoutMicroseconds = row.Take32(),
        SendMssBytes = row.Take32(),
        ReceiveMssBytes = row.Take32(),
        UnackedSegments = row.Take32(),
        SackedSegments = row.Take32(),
        LostSegments = row.Take32(),
        LastDataSentMilliseconds = row.Take32OrNull(),
        LastDataReceivedMilliseconds = row.Take32OrNull(),
        LastAckReceivedMilliseconds = row.Take32OrNull(),
        PathMtuBytes = row.Take32(),
        RttMicroseconds = row.Take32(),
        RttVariationMicroseconds = row.Take32(),
        SlowStartThresholdSegments = row.Take32(),
        CongestionWindowSegments = row.Take32(),
        ReorderingSegments = row.Take32(),
        TotalRetransmittedSegments = row.Take32(),
        BytesAcked = row.TakeOrNull(),
        BytesReceived = row.TakeOrNull(),
        NotSentBytes = row.Take32OrNull(),
        MinRttMicroseconds = row.Take32OrNull(),
        DataSegmentsReceived = row.Take32OrNull(),
        DataSegmentsSent = row.Take32OrNull(),
        DeliveryRateBytesPerSecond = row.TakeOrNull(),
        BusyMicroseconds = row.TakeOrNull(),
        ReceiveWindowLimitedMicroseconds = row.TakeOrNull(),
        SendBufferLimitedMicroseconds = row.TakeOrNull(),
        BytesSent = row.TakeOrNull(),
        BytesRetransmitted = row.TakeOrNull(),
        DuplicateSacksReceived = row.Take32OrNull(),
        ReorderingEventsSeen = row.Take32OrNull(),
        OutOfOrderSegmentsReceived = row.Take32OrNull(),
        SendWindowBytes = row.Take32OrNull(),
        ReceiveWindowBytes = row.Take32OrNull(),
    };
}
