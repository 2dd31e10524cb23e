using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>What makes octets lost.</summary>
internal enum LossMethod : byte
{
    /// <summary>Three duplicate ACKs, and ACKs that end inside the window (RFC 6582).</summary>
    Duplicates,

    /// <summary>What was selectively acknowledged above them (RFC 6675).</summary>
    Numbers,

    /// <summary>What was sent after them and has arrived (RFC 8985).</summary>
    Time,
}

/// <summary>What is in flight, and which of it is lost.</summary>
internal struct LossDetection()
{
    private const int DefaultReordering = SackLosses.DuplicateThreshold;
    private const int MostReordering = 300;

    public SentSegments Sent;
    private Rack _rack;
    private int _duplicateAcks;
    private bool _isReorderingSeen;
    private SeqNum _rescued;

    public LossMethod Method { readonly get; set; }

    public readonly bool HasSack => Method != LossMethod.Duplicates;

    /// <summary>Segments by which the path is known to reorder; 3 as long as it is not.</summary>
    public int Reordering { get; private set; } = DefaultReordering;

    public int ReorderingsSeen { get; private set; }

    public readonly bool IsReordering => Reordering > DefaultReordering;

    /// <summary>When something will be lost if nothing comes (RFC 8985 §6.2 step 5); Never without.</summary>
    public Instant ReorderAt { get; private set; } = Instant.Never;

    /// <summary>A retransmission was found lost in the last look.</summary>
    public bool IsLostAgain { get; private set; }

    public readonly bool IsAllWell => Sent.Sacked == 0 && Sent.Lost == 0 && Sent.Duplicates == 0 && Sent.Retransmitted == 0;

    /// <summary>What an ACK tells of time and order, before anything is judged by it.</summary>
    public void OnAck(in AckFacts ack, in Delivery delivery, TcpCounters counters, Instant now)
    {
        IsLostAgain = false;
        if (Method == LossMethod.Time)
        {
            _rack.Advance(in delivery, now);
            _rack.OnAdvanced(ack.Acknowledgment);
        }

        if (delivery.IsReordered)
        {
            int segments = SentSegments.InSegments(delivery.Highest - delivery.ReorderedFrom, delivery.SegmentSize);
            Reordering = Math.Clamp(segments, Reordering, MostReordering);
            _isReorderingSeen = true;
            ReorderingsSeen++;
            counters.Add(ack.EchoedSentAt is null ? TcpCounter.TCPSACKReorder : TcpCounter.TCPTSReorder);
        }
    }

    /// <summary>A retransmission is reported to have been one too many (RFC 8985 §6.2 step 4).</summary>
    public void OnDuplicateReported(SeqNum next) => _rack.OnDuplicateReported(next);

    public void OnRecovered() => _rack.OnRecovered();

    public void LookAgain() => _rack.LookAgain();

    /// <summary>A duplicate ACK without SACK: one segment more has left the network, whichever.</summary>
    public void TakeDuplicate(ref Delivery delivery)
    {
        if (HasSack)
        {
            return;
        }

        _duplicateAcks++;
        int room = Sent.Octets - Sent.Duplicates - Math.Max(Sent.Lost, delivery.SegmentSize);
        int octets = Math.Clamp(room, 0, delivery.SegmentSize);
        Sent.Duplicates += octets;
        delivery.TakeDuplicate(octets);
    }

    public void ForgetDuplicates() => (_duplicateAcks, Sent.Duplicates) = (0, 0);

    /// <summary>Marks what is lost by now.</summary>
    /// <param name="phase">Where recovery stands.</param>
    /// <param name="advances">SND.UNA has moved.</param>
    /// <param name="rtt">For the reordering window.</param>
    /// <param name="segmentSize">Octets.</param>
    /// <param name="counters">Learn of what is lost twice.</param>
    /// <param name="now">The time.</param>
    public void Find(RecoveryPhase phase, bool advances, in RttEstimator rtt, int segmentSize, TcpCounters counters, Instant now)
    {
        if (Sent.Count == 0)
        {
            ReorderAt = Instant.Never;
        }
        else if (Method == LossMethod.Numbers)
        {
            SackLosses.Mark(ref Sent, Reordering, segmentSize);
        }
        else if (Method == LossMethod.Duplicates)
        {
            FindByDuplicates(phase, advances, segmentSize);
        }
        else if (_rack.HasAdvanced)
        {
            FindByTime(phase, in rtt, segmentSize, counters, now);
        }
    }

    /// <summary>RFC 8985 §6.2 step 5, by an ACK or by the reordering timer.</summary>
    public void FindByTime(RecoveryPhase phase, in RttEstimator rtt, int segmentSize, TcpCounters counters, Instant now)
    {
        int wait = _rack.DetectLosses(ref Sent, ReorderingWindow(phase, in rtt, segmentSize), now, out int lostAgain);
        IsLostAgain = lostAgain != 0;
        counters.Add(TcpCounter.TCPLostRetransmit, SentSegments.InSegments(lostAgain, segmentSize));
        ReorderAt = wait == 0 ? Instant.Never : now.AddMicroseconds(wait + TailProbe.Grain);
    }

    /// <summary>
    /// The retransmission timer fired: everything that has not arrived is lost, but for what left less than a round trip ago (RFC 8985 §6.3). When
    /// the first octets in flight had been told to have arrived, the receiver has thrown them away, and perhaps others (RFC 2018 §8).
    /// </summary>
    public void MarkByTimeout(TcpCounters counters, Instant now)
    {
        bool isReneged = Sent[0].Has(SentFlags.Sacked);
        if (isReneged)
        {
            counters.Add(TcpCounter.TCPSACKReneging);
            Sent.UnmarkSacked();
        }

        ForgetDuplicates();
        ReorderAt = Instant.Never;
        for (int i = 0; i < Sent.Count; i++)
        {
            bool mayArrive = i != 0 && !isReneged && Method == LossMethod.Time && _rack.IsRecent(in Sent[i], now);
            if (!mayArrive && !Sent[i].Has(SentFlags.Sacked))
            {
                Sent.MarkLost(i);
            }
        }
    }

    /// <summary>
    /// Nothing is lost, nothing new is there to be sent: the first octets below the highest that arrived of which nothing is known (RFC 6675 §4,
    /// NextSeg 3), and once in a recovery the last segment (NextSeg 4). −1: nothing.
    /// </summary>
    public int FindRescue(SeqNum point, int segmentSize)
    {
        if (Method != LossMethod.Numbers)
        {
            return -1;
        }

        int index = SackLosses.FindUnknown(in Sent, Sent.HighestSacked(Sent.Start));
        if (index < 0 && _rescued != point)
        {
            index = SackLosses.FindLastUnknown(in Sent);
            index = index < 0 ? index : Sent.SplitLast(index, segmentSize);
            _rescued = point;
        }

        return index;
    }

    public void Clear()
    {
        Sent.Clear();
        ReorderAt = Instant.Never;
    }

    /// <summary>RFC 6582 §3.2: the first segment, by the third duplicate or by an ACK that ends inside the window.</summary>
    private void FindByDuplicates(RecoveryPhase phase, bool advances, int segmentSize)
    {
        bool isLost = phase == RecoveryPhase.Recovery ? advances : phase < RecoveryPhase.Recovery && _duplicateAcks >= Reordering;
        if (!isLost || Sent[0].Has(SentFlags.Lost))
        {
            return;
        }

        if (Sent[0].Length > segmentSize)
        {
            Sent.Split(0, Sent[0].Start + (uint)segmentSize);
        }

        Sent.MarkLost(0);
    }

    /// <summary>RFC 8985 §6.2 step 4: none before reordering was seen, once three segments have passed or recovery has begun.</summary>
    private readonly int ReorderingWindow(RecoveryPhase phase, in RttEstimator rtt, int segmentSize)
    {
        bool isEvident = phase >= RecoveryPhase.Recovery || Sent.Sacked > (Reordering - 1) * segmentSize;
        return !_isReorderingSeen && isEvident ? 0 : _rack.ReorderingWindow(in rtt);
    }
}
