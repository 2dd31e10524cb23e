namespace TcpLens.Capture;

/// <summary>The way between a sender and its receiver, by the round trips from where the capture was taken to either and back.</summary>
/// <param name="toReceiver">From the sender's segments to their acknowledgments.</param>
/// <param name="toSender">The turnaround: from an acknowledgment that passes here to what the sender does about it.</param>
internal readonly ref struct NetworkPath(ref readonly RoundTrips toReceiver, ref readonly RoundTrips toSender)
{
    private const float Millisecond = 1e6f;
    private const float InitialTimeout = 1000 * Millisecond;
    private const float LeastTimeout = 200 * Millisecond;
    private const float LongestAckDelay = 200 * Millisecond;
    private const int MostDoublings = 16;

    private readonly ref readonly RoundTrips _toReceiver = ref toReceiver;
    private readonly ref readonly RoundTrips _toSender = ref toSender;

    /// <summary>True when both parts of the way were measured.</summary>
    public bool IsKnown => _toReceiver.IsKnown && _toSender.IsKnown;

    /// <summary>From end to end and back, in nanoseconds; as much of it as was measured.</summary>
    public float RoundTrip => _toReceiver.Smoothed + _toSender.Smoothed;

    public bool HasTurnaround => _toSender.IsKnown;

    /// <summary>In nanoseconds.</summary>
    public float Turnaround => _toSender.Smoothed;

    /// <summary>
    /// How far from its time an answer may come, in nanoseconds: a turnaround; where that is short, half of the reordering window that a
    /// sender may wait for (RFC 8985 §6.2: a quarter of the round trip); and never less than hosts need.
    /// </summary>
    public float Scatter => MathF.Max(MathF.Max(_toSender.Smoothed, RoundTrip / 8), Millisecond / 2);

    /// <summary>The same for what a sender does at once, as an ACK arrives.</summary>
    public float Promptness => MathF.Max(_toSender.Variation, Millisecond);

    /// <summary>
    /// The sender's retransmission timeout (RFC 6298 §2) after so many expiries, in nanoseconds; a second at first. It is never under
    /// 200 ms, which is what Linux keeps to (net/ipv4/tcp.h, TCP_RTO_MIN); the RFC's second is longer than what senders do.
    /// </summary>
    public float Timeout(int backoff)
    {
        float timeout = IsKnown
            ? MathF.Max(LeastTimeout, RoundTrip + (4 * (_toReceiver.Variation + _toSender.Variation)))
            : InitialTimeout;
        return timeout * (1 << Math.Min(backoff, MostDoublings));
    }

    /// <summary>
    /// RFC 8985 §7.2: a sender waits two round trips for an acknowledgment before it probes, and for a delayed ACK where its segment is
    /// the only one. The least that this can be, in nanoseconds: of the two a quarter may be what it measured and this place did not.
    /// </summary>
    public float ProbeTimeout(bool isAlone) => isAlone ? (2 * RoundTrip) + LongestAckDelay : 1.5f * RoundTrip;
}
