using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>The retransmission timer (RFC 6298 §5) and the one of the tail loss probe (RFC 8985 §7), which comes before it.</summary>
internal struct RecoveryTimers()
{
    public Instant RetransmitAt { get; private set; } = Instant.Never;

    public Instant ProbeAt { get; private set; } = Instant.Never;

    public void Stop() => (RetransmitAt, ProbeAt) = (Instant.Never, Instant.Never);

    public void StopProbe() => ProbeAt = Instant.Never;

    public void Restart(in RttEstimator rtt, Instant now) => RetransmitAt = now.AddMicroseconds(rtt.Rto);

    /// <summary>Never after the retransmission timer: then the probe takes its place, and the timer starts anew (RFC 8985 §7.2).</summary>
    public void StartProbe(in RttEstimator rtt, bool isLone, Instant now)
    {
        Instant at = now.AddMicroseconds(TailProbe.Timeout(in rtt, isLone));
        ProbeAt = at < RetransmitAt ? at : RetransmitAt;
    }
}
