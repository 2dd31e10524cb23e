namespace TcpLens.Stack;

/// <summary>Recovery as a status tells it, in segments and with Linux's meanings (struct tcp_info, include/uapi/linux/tcp.h).</summary>
internal static class RecoveryStatus
{
    public static ConnectionStatus Describe(this RecoveryPhases phases, ConnectionStatus status)
    {
        ref CongestionWindow window = ref phases.Window;
        ref RttEstimator rtt = ref phases.Rtt;
        (int unacknowledged, int sacked, int lost, int retransmitted) = phases.Sent.Segments(window.SegmentSize);
        return status with
        {
            Phase = phases.Phase,
            Retransmits = phases.Timeouts,
            Backoff = rtt.Backoff,
            Rto = TimeSpan.FromMicroseconds(rtt.Rto),
            SmoothedRtt = TimeSpan.FromMicroseconds(rtt.Smoothed),
            RttVariation = TimeSpan.FromMicroseconds(rtt.Variation),
            MinimumRtt = TimeSpan.FromMicroseconds(rtt.Minimum),
            SlowStartThreshold = window.Threshold == CongestionWindow.NoThreshold ? int.MaxValue : window.Threshold / window.SegmentSize,
            CongestionWindow = window.Octets / window.SegmentSize,
            Unacknowledged = unacknowledged,
            Sacked = sacked,
            Lost = lost,
            Retransmitted = retransmitted,
            Reordering = phases.Losses.Reordering,
            ReorderingsSeen = phases.Losses.ReorderingsSeen,
        };
    }
}
