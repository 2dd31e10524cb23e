using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>RFC 5681 §3.1: one segment a round trip, half on loss.</summary>
internal sealed class NewReno : CongestionControl
{
    public override void OnDelivered(ref CongestionWindow window, int delivered, int minimumRtt, Instant now)
    {
        int left = window.SlowStart(delivered);
        if (left > 0)
        {
            window.Grow(left, window.Octets);
        }
    }

    /// <summary>
    /// RFC 5681 equation 4. The flight is at most the window: what limited transmit sent beyond it does not count (§3.2 step 2).
    /// </summary>
    public override int Reduce(in CongestionWindow window, int inFlight)
    {
        int half = Math.Min(window.Octets, inFlight) / 2;
        return Math.Max(half - (half % window.SegmentSize), 2 * window.SegmentSize);
    }
}
