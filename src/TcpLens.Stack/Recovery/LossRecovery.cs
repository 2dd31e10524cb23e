using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Sequence numbers from one to the one before another.</summary>
internal readonly record struct SentRange(SeqNum Start, SeqNum End)
{
    public int Length => End - Start;
}

/// <summary>What an acceptable ACK said, as far as recovery cares.</summary>
internal readonly record struct AckFacts
{
    public SeqNum Acknowledgment { get; init; }

    /// <summary>SND.UNA before it.</summary>
    public SeqNum Unacknowledged { get; init; }

    public SackBlocks Sack { get; init; }

    /// <summary>No data, no SYN or FIN, and the window as it was (RFC 5681 §2).</summary>
    public bool IsBare { get; init; }

    /// <summary>ECE, on a connection that uses ECN.</summary>
    public bool ReportsCongestion { get; init; }

    /// <summary>By the timestamp that was echoed (RFC 7323 §4); null without.</summary>
    public TimeSpan? EchoedRtt { get; init; }

    /// <summary>When the echoed timestamp was made; null without. What was sent again after that was not needed (Eifel, RFC 3522).</summary>
    public Instant? EchoedSentAt { get; init; }
}

/// <summary>
/// Everything between "an ACK came" and "these octets may be sent now": what is in flight, the round trip and its timer (RFC 6298), what is
/// lost (RFC 8985, 6675, 6582), how much may be in flight (<see cref="TcpSettings.Congestion"/>, RFC 6937), when to probe the tail.
/// </summary>
internal sealed class LossRecovery
{
    public LossRecovery(TcpSettings settings, TcpCounters counters) => throw new NotImplementedException();

    /// <summary>Both SYNs are acknowledged: what was agreed is known.</summary>
    public void OnEstablished(int segmentSize, bool hasSack, Instant now) => throw new NotImplementedException();

    /// <summary>The path takes less than before; what does not fit any more is lost (RFC 1191 §6.5), and that is no sign of congestion.</summary>
    public void OnSegmentSize(int segmentSize, Instant now) => throw new NotImplementedException();

    /// <summary>Octets in flight are acknowledged up to here, and this is where new ones begin.</summary>
    public bool IsAnythingInFlight => throw new NotImplementedException();

    /// <summary>New sequence numbers were sent: data, a SYN or a FIN. May be many segments at once.</summary>
    public void OnSent(SentRange range, Instant now) => throw new NotImplementedException();

    /// <summary>An acceptable ACK came (SND.UNA ≤ SEG.ACK ≤ SND.NXT).</summary>
    public void OnAck(in AckFacts ack, Instant now) => throw new NotImplementedException();

    /// <summary>How many octets beyond SND.NXT may be sent now; the peer's window is the caller's matter.</summary>
    public int Allowance(Instant now) => throw new NotImplementedException();

    /// <summary>What is to be sent again now. It counts as sent again when this returns true.</summary>
    /// <param name="limit">Octets, at most.</param>
    /// <param name="windowEnd">SND.UNA + SND.WND: nothing beyond it is sent again (SHLD-16).</param>
    /// <param name="hasNewData">A tail loss probe is then new data.</param>
    /// <param name="now">The time.</param>
    /// <param name="range">What.</param>
    public bool TryTakeRetransmission(int limit, SeqNum windowEnd, bool hasNewData, Instant now, out SentRange range) => throw new NotImplementedException();

    /// <summary>When <see cref="OnTimeout"/> is to be called: retransmission, loss probe, reordering, pacing.</summary>
    public Instant NextTimeout => throw new NotImplementedException();

    public void OnTimeout(Instant now) => throw new NotImplementedException();

    /// <summary>Retransmission timeouts in a row without an ACK that advances (R1 and R2 are the caller's).</summary>
    public int Timeouts => throw new NotImplementedException();

    /// <summary>When the oldest octet in flight was sent first; Never when nothing is (user timeout).</summary>
    public Instant OldestSentAt => throw new NotImplementedException();

    /// <summary>The timeout now, backoff included; the window probe uses it too.</summary>
    public TimeSpan Rto => throw new NotImplementedException();

    /// <summary>The window was reduced since this was last asked: the next new segment says CWR (RFC 3168 §6.1.2).</summary>
    public bool TakeWindowReduced() => throw new NotImplementedException();

    /// <summary>The program had nothing to send, so the congestion window was not what held it back (RFC 9438 §5.8, RFC 7661).</summary>
    public void OnApplicationLimited(Instant now) => throw new NotImplementedException();

    /// <summary>The connection is closed: nothing is in flight, no timer runs, no array is kept.</summary>
    public void Clear() => throw new NotImplementedException();

    /// <summary>Its part of the status.</summary>
    public ConnectionStatus Describe(ConnectionStatus status) => throw new NotImplementedException();
}
