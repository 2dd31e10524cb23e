using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

internal enum FieldUnit : byte
{
    Number,
    Microseconds,
    Milliseconds,
    Bytes,
    BytesPerSecond,
}

/// <summary>One number of tcp_info: its name as a column and sort key, its key in JSON, its unit, and where it stands.</summary>
internal sealed record TcpInfoField(string Name, string Key, FieldUnit Unit, Func<TcpInfo, ulong?> Read)
{
    /// <summary>Every number of tcp_info. Names are ss's where ss has one.</summary>
    public static readonly TcpInfoField[] All =
    [
        new("rtt", "rtt_us", FieldUnit.Microseconds, static info => info.RttMicroseconds),
        new("rttvar", "rtt_variation_us", FieldUnit.Microseconds, static info => info.RttVariationMicroseconds),
        new("minrtt", "min_rtt_us", FieldUnit.Microseconds, static info => info.MinRttMicroseconds),
        new("rcv-rtt", "receive_rtt_us", FieldUnit.Microseconds, static info => info.ReceiveRttMicroseconds),
        new("rto", "rto_us", FieldUnit.Microseconds, static info => info.RetransmissionTimeoutMicroseconds),
        new("ato", "ack_timeout_us", FieldUnit.Microseconds, static info => info.AckTimeoutMicroseconds),
        new("cwnd", "congestion_window_segments", FieldUnit.Number, static info => info.CongestionWindowSegments),
        new("ssthresh", "slow_start_threshold_segments", FieldUnit.Number, static info => info.SlowStartThresholdSegments),
        new("mss", "send_mss_bytes", FieldUnit.Number, static info => info.SendMssBytes),
        new("rcvmss", "receive_mss_bytes", FieldUnit.Number, static info => info.ReceiveMssBytes),
        new("advmss", "advertised_mss_bytes", FieldUnit.Number, static info => info.AdvertisedMssBytes),
        new("pmtu", "path_mtu_bytes", FieldUnit.Number, static info => info.PathMtuBytes),
        new("unacked", "unacked_segments", FieldUnit.Number, static info => info.UnackedSegments),
        new("sacked", "sacked_segments", FieldUnit.Number, static info => info.SackedSegments),
        new("lost", "lost_segments", FieldUnit.Number, static info => info.LostSegments),
        new("retrans", "total_retransmitted_segments", FieldUnit.Number, static info => info.TotalRetransmittedSegments),
        new("retrans-now", "retransmitted_segments_in_flight", FieldUnit.Number, static info => info.RetransmittedSegmentsInFlight),
        new("fackets", "forward_ack_segments", FieldUnit.Number, static info => info.ForwardAckSegments),
        new("reordering", "reordering_segments", FieldUnit.Number, static info => info.ReorderingSegments),
        new("reord-seen", "reordering_events_seen", FieldUnit.Number, static info => info.ReorderingEventsSeen),
        new("lastsnd", "last_data_sent_ms", FieldUnit.Milliseconds, static info => info.LastDataSentMilliseconds),
        new("lastrcv", "last_data_received_ms", FieldUnit.Milliseconds, static info => info.LastDataReceivedMilliseconds),
        new("lastack", "last_ack_received_ms", FieldUnit.Milliseconds, static info => info.LastAckReceivedMilliseconds),
        new("bytes-sent", "bytes_sent", FieldUnit.Bytes, static info => info.BytesSent),
        new("bytes-acked", "bytes_acked", FieldUnit.Bytes, static info => info.BytesAcked),
        new("bytes-received", "bytes_received", FieldUnit.Bytes, static info => info.BytesReceived),
        new("bytes-retrans", "bytes_retransmitted", FieldUnit.Bytes, static info => info.BytesRetransmitted),
        new("notsent", "not_sent_bytes", FieldUnit.Bytes, static info => info.NotSentBytes),
        new("segs-out", "segments_sent", FieldUnit.Number, static info => info.SegmentsSent),
        new("segs-in", "segments_received", FieldUnit.Number, static info => info.SegmentsReceived),
        new("data-segs-out", "data_segments_sent", FieldUnit.Number, static info => info.DataSegmentsSent),
        new("data-segs-in", "data_segments_received", FieldUnit.Number, static info => info.DataSegmentsReceived),
        new("delivered", "delivered_segments", FieldUnit.Number, static info => info.DeliveredSegments),
        new("delivered-ce", "delivered_congestion_marked_segments", FieldUnit.Number, static info => info.DeliveredCongestionMarkedSegments),
        new("pacing-rate", "pacing_rate_bytes_per_second", FieldUnit.BytesPerSecond, static info => info.PacingRateBytesPerSecond),
        new("max-pacing-rate", "max_pacing_rate_bytes_per_second", FieldUnit.BytesPerSecond, static info => info.MaxPacingRateBytesPerSecond),
        new("delivery-rate", "delivery_rate_bytes_per_second", FieldUnit.BytesPerSecond, static info => info.DeliveryRateBytesPerSecond),
        new("busy", "busy_us", FieldUnit.Microseconds, static info => info.BusyMicroseconds),
        new("rwnd-limited", "receive_window_limited_us", FieldUnit.Microseconds, static info => info.ReceiveWindowLimitedMicroseconds),
        new("sndbuf-limited", "send_buffer_limited_us", FieldUnit.Microseconds, static info => info.SendBufferLimitedMicroseconds),
        new("dsack-dups", "duplicate_sacks_received", FieldUnit.Number, static info => info.DuplicateSacksReceived),
        new("rcv-ooopack", "out_of_order_segments_received", FieldUnit.Number, static info => info.OutOfOrderSegmentsReceived),
        new("snd-wnd", "send_window_bytes", FieldUnit.Bytes, static info => info.SendWindowBytes),
        new("rcv-wnd", "receive_window_bytes", FieldUnit.Bytes, static info => info.ReceiveWindowBytes),
        new("rcv-space", "receive_space_bytes", FieldUnit.Bytes, static info => info.ReceiveSpaceBytes),
        new("rcv-ssthresh", "receive_slow_start_threshold_bytes", FieldUnit.Bytes, static info => info.ReceiveSlowStartThresholdBytes),
        new("rehash", "flow_rehashes", FieldUnit.Number, static info => info.FlowRehashes),
        new("rto-count", "retransmission_timeouts", FieldUnit.Number, static info => info.RetransmissionTimeouts),
        new("rto-recoveries", "retransmission_timeout_recoveries", FieldUnit.Number, static info => info.RetransmissionTimeoutRecoveries),
        new("rto-time", "retransmission_timeout_total_ms", FieldUnit.Milliseconds, static info => info.RetransmissionTimeoutMilliseconds),
        new("ca-state", "congestion_state", FieldUnit.Number, static info => info.CongestionState),
        new("backoff", "backoff", FieldUnit.Number, static info => info.Backoff),
        new("retransmits", "timer_retransmits", FieldUnit.Number, static info => info.Retransmits),
        new("probes", "probes", FieldUnit.Number, static info => info.Probes),
        new("snd-wscale", "send_window_scale", FieldUnit.Number, static info => info.SendWindowScale),
        new("rcv-wscale", "receive_window_scale", FieldUnit.Number, static info => info.ReceiveWindowScale),
        new("fastopen-fail", "fast_open_client_failure", FieldUnit.Number, static info => info.FastOpenClientFailure),
        new("received-ce", "received_congestion_marked_segments", FieldUnit.Number, static info => info.ReceivedCongestionMarkedSegments),
        new("delivered-e1", "delivered_ect1_bytes", FieldUnit.Bytes, static info => info.DeliveredEct1Bytes),
        new("delivered-e0", "delivered_ect0_bytes", FieldUnit.Bytes, static info => info.DeliveredEct0Bytes),
        new("delivered-ce-bytes", "delivered_congestion_marked_bytes", FieldUnit.Bytes, static info => info.DeliveredCongestionMarkedBytes),
        new("received-e1", "received_ect1_bytes", FieldUnit.Bytes, static info => info.ReceivedEct1Bytes),
        new("received-e0", "received_ect0_bytes", FieldUnit.Bytes, static info => info.ReceivedEct0Bytes),
        new("received-ce-bytes", "received_congestion_marked_bytes", FieldUnit.Bytes, static info => info.ReceivedCongestionMarkedBytes),
    ];

    /// <summary>For people: with the unit.</summary>
    public void WriteTo(Utf8Writer writer, ulong value)
    {
        switch (Unit)
        {
            case FieldUnit.Microseconds:
                writer.WriteDuration(value);
                break;
            case FieldUnit.Milliseconds:
                writer.WriteDuration(value * 1000);
                break;
            case FieldUnit.Bytes:
                writer.WriteSize(value);
                break;
            case FieldUnit.BytesPerSecond:
                writer.WriteBitRate(value);
                break;
            case FieldUnit.Number:
                writer.WriteNumber(value);
                break;
        }
    }

    public static TcpInfoField? Named(string name)
    {
        foreach (TcpInfoField field in All)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return field;
            }
        }

        return null;
    }
}
