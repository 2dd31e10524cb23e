using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>What one ACK says has arrived, gathered piece by piece.</summary>
internal struct Delivery
{
    /// <summary>The end of the highest octet known to have arrived before this ACK (RFC 8985 §5.2, RACK.fack).</summary>
    public required SeqNum Highest { get; init; }

    /// <summary>Where loss recovery ends (RFC 6675 RecoveryPoint, RFC 6582 recover).</summary>
    public required SeqNum RecoveryPoint { get; init; }

    public required int SegmentSize { get; init; }

    /// <summary>A retransmission that is acknowledged sooner than this after it was sent did not cause the ACK (RFC 8985 §6.2 step 2).</summary>
    public required Instant LatestBelievable { get; init; }

    /// <summary>Octets that were not known to have arrived before, by number or by SACK.</summary>
    public int Octets { get; private set; }

    public int Segments { get; private set; }

    public bool HasSacked { get; private set; }

    /// <summary>SND.UNA moved.</summary>
    public bool Advances { get; set; }

    /// <summary>Some of it had been sent more than once, and is now acknowledged by number.</summary>
    public bool HasRetransmitted { get; private set; }

    /// <summary>Some of it was sent once only, before recovery began: the first transmission arrived (RFC 5682 §3.1 step 3b).</summary>
    public bool HasOriginal { get; private set; }

    public bool HasOriginalTimes { get; private set; }

    /// <summary>When the first and the last of what was sent once only were sent.</summary>
    public Instant OldestSentAt { get; private set; }

    public Instant NewestSentAt { get; private set; }

    /// <summary>The segment sent last among those delivered (RFC 8985 §5.2).</summary>
    public Instant LatestSentAt { get; private set; }

    public SeqNum LatestEnd { get; private set; }

    public bool HasLatest { get; private set; }

    /// <summary>When the last of those looked at was sent: its round trip is RACK.rtt (RFC 8985 §6.2 step 2), the longer one where old and new arrive together.</summary>
    public Instant LookedAtSentAt { get; private set; }

    /// <summary>The lowest octet sent once only that arrived after higher ones: reordering.</summary>
    public SeqNum ReorderedFrom { get; private set; }

    public bool IsReordered { get; private set; }

    public void TakeSacked(in SentSegment piece)
    {
        HasSacked = true;
        Take(in piece);
    }

    public void TakeAcknowledged(in SentSegment piece)
    {
        HasRetransmitted |= piece.Has(SentFlags.EverRetransmitted);
        if (!piece.Has(SentFlags.Sacked))
        {
            Take(in piece);
        }
    }

    /// <summary>Without SACK a duplicate ACK tells that one segment more has arrived, though not which.</summary>
    public void TakeDuplicate(int octets)
    {
        Octets += octets;
        Segments += octets == 0 ? 0 : 1;
    }

    /// <summary>Duplicates had told of some of it already.</summary>
    public void Discount(int duplicates) => Octets = Math.Max(Octets - duplicates, Math.Min(Octets, SegmentSize));

    private void Take(in SentSegment piece)
    {
        Octets += piece.Length;
        Segments += SentSegments.InSegments(piece.Length, SegmentSize);
        if (!piece.Has(SentFlags.EverRetransmitted))
        {
            TakeOriginal(in piece);
        }
        else if (piece.SentAt > LatestBelievable)
        {
            return;
        }

        LookedAtSentAt = piece.SentAt;
        if (!HasLatest || piece.SentAt > LatestSentAt || (piece.SentAt == LatestSentAt && piece.End.IsAfter(LatestEnd)))
        {
            (LatestSentAt, LatestEnd, HasLatest) = (piece.SentAt, piece.End, true);
        }
    }

    private void TakeOriginal(in SentSegment piece)
    {
        OldestSentAt = !HasOriginalTimes || piece.SentAt < OldestSentAt ? piece.SentAt : OldestSentAt;
        NewestSentAt = !HasOriginalTimes || piece.SentAt > NewestSentAt ? piece.SentAt : NewestSentAt;
        HasOriginalTimes = true;
        HasOriginal |= !piece.End.IsAfter(RecoveryPoint);
        if (piece.End.IsBefore(Highest) && (!IsReordered || piece.Start.IsBefore(ReorderedFrom)))
        {
            (ReorderedFrom, IsReordered) = (piece.Start, true);
        }
    }
}
