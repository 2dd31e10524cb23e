using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// The tail loss probe (RFC 8985 §7): when ACKs stop coming, one segment is sent early, so that its ACK tells what is lost without a
/// timeout. One at a time.
/// </summary>
internal struct TailProbe
{
    /// <summary>What a receiver may wait before it acknowledges a lone segment (RFC 8985 §7.2, TLP.max_ack_delay).</summary>
    private const int LongestAckDelay = 200_000;

    /// <summary>Added to waits for an ACK: one that is this late is not missing yet, for timers elsewhere are no finer (as Linux has it).</summary>
    public const int Grain = 2_000;
    private const int WithoutRtt = 1_000_000;

    private SeqNum _end;
    private bool _isRetransmission;

    /// <summary>The timer fired, and nothing was sent for it yet.</summary>
    public bool IsDue { get; set; }

    /// <summary>A probe was sent and nothing is known of it yet.</summary>
    public bool IsOut { get; private set; }

    /// <summary>PTO in microseconds.</summary>
    public static int Timeout(in RttEstimator rtt, bool isLone)
        => rtt.Smoothed == 0 ? WithoutRtt : (int)Math.Min((2L * rtt.Smoothed) + (isLone ? LongestAckDelay : Grain), int.MaxValue);

    public void OnSent(SeqNum next, bool isRetransmission)
    {
        (IsDue, IsOut, _end, _isRetransmission) = (false, true, next, isRetransmission);
    }

    public void Forget() => (IsDue, IsOut) = (false, false);

    /// <summary>True when it was the probe itself that is reported as a duplicate.</summary>
    public readonly bool IsTheDuplicate(SeqNum end) => IsOut && _isRetransmission && end == _end;

    /// <summary>True when the probe mended a loss that nothing else would have told of (RFC 8985 §7.4.2): the window is to be reduced.</summary>
    public bool HasMended(SeqNum acknowledgment, bool duplicateReported, bool isPureDuplicate)
    {
        if (!IsOut || acknowledgment.IsBefore(_end))
        {
            return false;
        }

        bool mended = _isRetransmission && !duplicateReported && acknowledgment.IsAfter(_end);
        if (!_isRetransmission || duplicateReported || mended || isPureDuplicate)
        {
            IsOut = false;
        }

        return mended;
    }
}
