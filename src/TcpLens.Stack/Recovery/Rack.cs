using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Loss found by time (RFC 8985): what was sent well before something that has arrived, and has not arrived, is lost. Microseconds.
/// </summary>
internal struct Rack
{
    private const byte Persistence = 16;
    private const byte LargestMultiplier = 255;

    private Instant _sentAt;
    private SeqNum _end;
    private SeqNum _duplicateRound;
    private bool _hasRound;
    private byte _multiplier;
    private byte _persistence;

    /// <summary>Something that tells more of what is lost has arrived since the last look.</summary>
    public bool HasAdvanced { get; private set; }

    /// <summary>RACK.rtt.</summary>
    public int Rtt { get; private set; }

    /// <summary>RFC 8985 §6.2 step 2.</summary>
    public void Advance(in Delivery delivery, Instant now)
    {
        if (!delivery.HasLatest)
        {
            return;
        }

        HasAdvanced = true;
        Rtt = now.MicrosecondsSince(delivery.LookedAtSentAt);
        if (IsSentAfter(delivery.LatestSentAt, delivery.LatestEnd, _sentAt, _end))
        {
            (_sentAt, _end) = (delivery.LatestSentAt, delivery.LatestEnd);
        }
    }

    /// <summary>
    /// RFC 8985 §6.2 step 4: a retransmission was not needed, so the path reorders by more than was allowed for. Once in a round trip.
    /// </summary>
    public void OnDuplicateReported(SeqNum next)
    {
        if (!_hasRound)
        {
            (_duplicateRound, _hasRound) = (next, true);
            _multiplier = (byte)Math.Min(_multiplier + 1, LargestMultiplier);
            _persistence = Persistence;
        }
    }

    public void OnAdvanced(SeqNum unacknowledged)
    {
        if (_hasRound && !unacknowledged.IsBefore(_duplicateRound))
        {
            _hasRound = false;
        }
    }

    /// <summary>A recovery that was needed is over: with the sixteenth the window is narrow again.</summary>
    public void OnRecovered()
    {
        if (_persistence > 0 && --_persistence == 0)
        {
            _multiplier = 0;
        }
    }

    /// <summary>After an undo everything in flight is looked at again.</summary>
    public void LookAgain() => HasAdvanced = true;

    /// <summary>How much later than others a segment may arrive: min RTT / 4, wider when that was too little, at most SRTT.</summary>
    public readonly int ReorderingWindow(in RttEstimator rtt) => (int)Math.Min(rtt.Minimum / 4L * (_multiplier + 1), rtt.Smoothed);

    /// <summary>Whether what was sent at that time has had its round trip (RFC 8985 §6.3, for the retransmission timeout).</summary>
    public readonly bool IsRecent(in SentSegment segment, Instant now) => Rtt > now.MicrosecondsSince(segment.SentAt);

    /// <summary>Marks what is lost (RFC 8985 §6.2 step 5).</summary>
    /// <param name="sent">In flight.</param>
    /// <param name="window">The reordering window.</param>
    /// <param name="now">The time.</param>
    /// <param name="lostAgain">Octets of retransmissions among them.</param>
    /// <returns>Microseconds until the next of those not marked will be; 0: there are none.</returns>
    public int DetectLosses(ref SentSegments sent, int window, Instant now, out int lostAgain)
    {
        HasAdvanced = false;
        lostAgain = 0;
        long wait = 0;
        for (int i = 0; i < sent.Count; i++)
        {
            ref SentSegment segment = ref sent[i];
            if (!IsSentAfter(_sentAt, _end, segment.SentAt, segment.End))
            {
                if (!segment.Has(SentFlags.EverRetransmitted))
                {
                    // What follows was sent later still, the first time and so every time.
                    break;
                }

                continue;
            }

            if (segment.Has(SentFlags.Sacked) || segment.IsToBeSentAgain)
            {
                continue;
            }

            long remaining = (long)Rtt + window - now.MicrosecondsSince(segment.SentAt);
            if (remaining <= 0)
            {
                lostAgain += sent.MarkLost(i) ? segment.Length : 0;
            }
            else
            {
                wait = Math.Max(wait, remaining);
            }
        }

        return (int)Math.Min(wait, int.MaxValue);
    }

    private static bool IsSentAfter(Instant sentAt, SeqNum end, Instant otherSentAt, SeqNum otherEnd)
        => sentAt > otherSentAt || (sentAt == otherSentAt && end.IsAfter(otherEnd));
}
