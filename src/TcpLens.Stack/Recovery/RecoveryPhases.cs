using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// How loss recovery goes from phase to phase (Linux's tcpi_ca_state): what is in flight and lost, the congestion window while it shrinks and
/// after, and taking it back. <see cref="LossRecovery"/> tells it of ACKs and of timers.
/// </summary>
internal sealed class RecoveryPhases(CongestionControl congestion, TcpSettings settings, TcpCounters counters)
{
    private const int DefaultReordering = SackLosses.DuplicateThreshold;
    private const int MostReordering = 300;

    public SentSegments Sent;
    public CongestionWindow Window;
    public RttEstimator Rtt = new(settings);
    private RateReduction _reduction;
    private Undo _undo;
    private Rack _rack;
    private int _duplicateAcks;
    private bool _triesForward;
    private bool _reordersSeen;
    private bool _isLostAgain;

    public RecoveryPhase Phase { get; private set; }

    /// <summary>Recovery is over when this is acknowledged (RFC 6582 "recover", RFC 6675 RecoveryPoint).</summary>
    public SeqNum Point { get; private set; }

    public SeqNum Next { get; private set; }

    public bool HasSack { get; set; }

    public int Timeouts { get; set; }

    /// <summary>F-RTO waits for what new data will show (RFC 5682 §2.1 step 2b): it goes before anything that is sent again.</summary>
    public bool PrefersNewData { get; private set; }

    public bool HasReducedWindow { get; set; }

    /// <summary>Segments.</summary>
    public int Reordering { get; private set; } = DefaultReordering;

    public int ReorderingsSeen { get; private set; }

    /// <summary>When something may become lost by waiting only (RFC 8985 §6.2 step 5); Never without.</summary>
    public Instant ReorderAt { get; private set; } = Instant.Never;

    public bool UsesRack => HasSack && settings.Rack;

    private bool IsReducing => Phase is RecoveryPhase.Recovery or RecoveryPhase.WindowReduced;

    /// <summary>Reduces, grows or leaves the window, and finds what is lost.</summary>
    /// <param name="ack">The ACK.</param>
    /// <param name="delivery">What it delivered.</param>
    /// <param name="isDuplicate">By RFC 5681 §2.</param>
    /// <param name="reportsDuplicate">By RFC 2883.</param>
    /// <param name="now">The time.</param>
    public void OnAck(in AckFacts ack, ref Delivery delivery, bool isDuplicate, bool reportsDuplicate, Instant now)
    {
        int lostEver = Sent.LostEver;
        if (UsesRack)
        {
            _rack.Advance(in delivery, now);
            _rack.OnAdvanced(ack.Acknowledgment);
        }

        NoteReordering(in delivery, ack.EchoedSentAt.HasValue);
        if (Phase != RecoveryPhase.Open || isDuplicate || delivery.HasSacked || reportsDuplicate || ack.ReportsCongestion || Sent.Sacked != 0)
        {
            Alert(in ack, ref delivery, isDuplicate, now);
        }

        Adjust(in delivery, unchecked(Sent.LostEver - lostEver), now);
    }

    public void OnSent(SentRange range, Instant now)
    {
        Sent.Add(range, Window.SegmentSize, now);
        Next = range.End;
        PrefersNewData = false;
        if (IsReducing)
        {
            _reduction.OnSent(range.Length);
        }

        Window.OnSent(Sent.Pipe, Sent.Octets, Sent.Start, Next);
    }

    public void OnRetransmitted(int octets, Instant now)
    {
        _undo.OnRetransmitted(octets, now);
        if (IsReducing)
        {
            _reduction.OnSent(octets);
        }
    }

    public void OnDuplicateReported(SeqNum end, int octets, bool isProbe)
    {
        _undo.OnDuplicateReported(end, octets);
        if (UsesRack && !isProbe)
        {
            _rack.OnDuplicateReported(Next);
        }
    }

    /// <summary>RFC 5681 equation 4 and §3.1, RFC 8985 §6.3, RFC 2018 §8, RFC 5682 §2.1 step 1.</summary>
    public void OnTimeout(Instant now)
    {
        bool isNew = Phase is RecoveryPhase.Open or RecoveryPhase.Disorder
            || !Point.IsAfter(Sent.Start)
            || (Phase == RecoveryPhase.Loss && Timeouts == 0);
        MarkLostByTimeout(now);
        if (isNew)
        {
            int before = Threshold();
            int window = Window.Octets;
            Window.Threshold = congestion.Reduce(in Window, Sent.Octets);
            congestion.OnTimeout();
            _undo.Start(Sent.Start, Sent.Retransmitted, window, before);
        }

        _triesForward = Phase is RecoveryPhase.Open or RecoveryPhase.Disorder or RecoveryPhase.WindowReduced || Timeouts > 0;
        PrefersNewData = false;
        Window.Octets = Sent.Pipe + Window.SegmentSize;
        Window.ForgetCredit();
        (Phase, Point, HasReducedWindow) = (RecoveryPhase.Loss, Next, true);
        ReorderAt = Instant.Never;
    }

    /// <summary>The reordering timer fired (RFC 8985 §6.3).</summary>
    public void OnReorderTimeout(Instant now)
    {
        ReorderAt = Instant.Never;
        int lostEver = Sent.LostEver;
        FindLosses(true, false, now);
        if (Sent.LostEver == lostEver)
        {
            return;
        }

        if (Phase is not (RecoveryPhase.Recovery or RecoveryPhase.Loss))
        {
            EnterRecovery(false);
            Window.Octets = _reduction.Window(Sent.Pipe, Window.Threshold, Window.SegmentSize, false, Window.SegmentSize);
        }
    }

    /// <summary>A tail loss probe has mended a loss: one reduction for it, over at once (RFC 8985 §7.4.2).</summary>
    public void OnProbeMended()
    {
        StartReduction();
        _reduction = default;
        Window.Octets = Window.Threshold;
        Phase = RecoveryPhase.WindowReduced;
        KeepOpen();
        counters.Add(TcpCounter.TCPLossProbeRecovery);
    }

    /// <summary>What is too long for the path now is lost, and nothing is congested (RFC 1191 §6.5).</summary>
    public void OnSegmentSize(int segmentSize)
    {
        Window.SegmentSize = segmentSize;
        int lost = Sent.Lost;
        for (int i = 0; i < Sent.Count; i++)
        {
            if (Sent[i].Length > segmentSize && !Sent[i].Has(SentFlags.Sacked))
            {
                Sent.MarkLost(i);
            }
        }

        if (Sent.Lost != lost && Phase != RecoveryPhase.Loss)
        {
            Window.Threshold = Threshold();
            _undo.End();
            (Phase, Point) = (RecoveryPhase.Loss, Next);
        }
    }

    /// <summary>
    /// Nothing is lost, and nothing new is there to be sent: the first octets that nothing tells of, below the highest that arrived (RFC 6675 §4
    /// NextSeg 3), or once in a recovery the last segment (NextSeg 4). −1: nothing.
    /// </summary>
    public int FindRescue()
    {
        if (!HasSack || Phase != RecoveryPhase.Recovery)
        {
            return -1;
        }

        SeqNum highest = Sent.HighestSacked(Sent.Start);
        for (int i = 0; i < Sent.Count && Sent[i].Start.IsBefore(highest); i++)
        {
            if ((Sent[i].Flags & (SentFlags.Sacked | SentFlags.Retransmitted | SentFlags.Lost)) == SentFlags.None)
            {
                return i;
            }
        }

        return -1;
    }

    public void Clear()
    {
        Sent.Clear();
        ReorderAt = Instant.Never;
    }

    public void RestartAfterIdle(int initial, long silence)
    {
        int floor = Math.Min(initial, Window.Octets), window = Window.Octets;
        Window.Threshold = Threshold();
        for (; window > floor && silence > 0; silence -= Rtt.Rto)
        {
            window /= 2;
        }

        Window.Octets = Math.Max(window - (window % Window.SegmentSize), floor);
        Window.ForgetCredit();
    }

    private void Alert(in AckFacts ack, ref Delivery delivery, bool isDuplicate, Instant now)
    {
        if (ack.ReportsCongestion)
        {
            _undo.Forbid();
        }

        if (Phase != RecoveryPhase.Open && !ack.Acknowledgment.IsBefore(Point) && EndsAt(in ack))
        {
            return;
        }

        switch (Phase)
        {
            case RecoveryPhase.Recovery:
                InRecovery(in ack, ref delivery, isDuplicate, now);
                break;
            case RecoveryPhase.Loss:
                InLoss(in ack, ref delivery, isDuplicate, now);
                break;
            default:
                InOrder(in ack, ref delivery, isDuplicate, now);
                break;
        }
    }

    /// <summary>The point is acknowledged. True when nothing more is to be done.</summary>
    private bool EndsAt(in AckFacts ack)
    {
        if (Phase == RecoveryPhase.WindowReduced && ack.Acknowledgment != Point)
        {
            EndReduction();
            Phase = RecoveryPhase.Open;
        }
        else if (Phase == RecoveryPhase.Recovery)
        {
            (_duplicateAcks, Sent.Duplicates) = (0, 0);
            if (TryUndoRecovery(in ack))
            {
                return true;
            }

            EndReduction();
        }

        return false;
    }

    private void InRecovery(in AckFacts ack, ref Delivery delivery, bool isDuplicate, Instant now)
    {
        if (!delivery.Advances)
        {
            TakeDuplicate(ref delivery, isDuplicate);
        }
        else if (_undo.IsByOriginal(ack.EchoedSentAt))
        {
            // The hole was filled by what had only been late (RFC 4015).
            if (Sent.Retransmitted == 0)
            {
                TakeBack(true);
                counters.Add(TcpCounter.TCPPartialUndo);
                KeepOpen();
            }

            return;
        }

        TryUndoByDuplicates();
        FindLosses(false, delivery.Advances, now);
        if (Phase != RecoveryPhase.Recovery && Sent.Lost != 0)
        {
            EnterRecovery(ack.ReportsCongestion);
        }
    }

    private void InLoss(in AckFacts ack, ref Delivery delivery, bool isDuplicate, Instant now)
    {
        _isLostAgain = false;
        ProcessLoss(in ack, ref delivery, isDuplicate);
        FindLosses(false, delivery.Advances, now);
        if (Phase == RecoveryPhase.Open || _isLostAgain)
        {
            StartRecoveryOrStayOpen(in ack);
        }
    }

    private void InOrder(in AckFacts ack, ref Delivery delivery, bool isDuplicate, Instant now)
    {
        if (delivery.Advances)
        {
            (_duplicateAcks, Sent.Duplicates) = (0, 0);
        }

        TakeDuplicate(ref delivery, isDuplicate);
        if (Phase is RecoveryPhase.Open or RecoveryPhase.Disorder)
        {
            TryUndoByDuplicates();
        }

        FindLosses(false, delivery.Advances, now);
        StartRecoveryOrStayOpen(in ack);
    }

    private void StartRecoveryOrStayOpen(in AckFacts ack)
    {
        if (Sent.Lost != 0)
        {
            EnterRecovery(ack.ReportsCongestion);
            return;
        }

        if (ack.ReportsCongestion && Phase is RecoveryPhase.Open or RecoveryPhase.Disorder)
        {
            // RFC 3168 §6.1.2: as for a loss, once in a window.
            _undo.End();
            StartReduction();
            Phase = RecoveryPhase.WindowReduced;
        }

        if (Phase != RecoveryPhase.WindowReduced)
        {
            KeepOpen();
        }
    }

    /// <summary>RFC 5682 §2.1 and §3.1; else retransmission by slow start until the point.</summary>
    private void ProcessLoss(in AckFacts ack, ref Delivery delivery, bool isDuplicate)
    {
        bool isOver = !ack.Acknowledgment.IsBefore(Point);
        if (delivery.Advances && TryUndoLoss(in ack, false))
        {
            return;
        }

        if (_triesForward)
        {
            if (delivery.HasOriginal && TryUndoLoss(in ack, true))
            {
                return;
            }

            if (Next.IsAfter(Point))
            {
                _triesForward &= !delivery.HasSacked && !isDuplicate;
            }
            else if (delivery.Advances && !isOver)
            {
                (Point, PrefersNewData) = (Next, true);
                return;
            }
        }

        if (isOver)
        {
            TryUndoRecovery(in ack);
        }
        else if (!HasSack)
        {
            if (delivery.Advances)
            {
                (_duplicateAcks, Sent.Duplicates) = (0, 0);
            }
            else if (Next.IsAfter(Point))
            {
                TakeDuplicate(ref delivery, isDuplicate);
            }
        }
    }

    private void EnterRecovery(bool reportsCongestion)
    {
        counters.Add(HasSack ? TcpCounter.TCPSackRecovery : TcpCounter.TCPRenoRecovery);
        int before = reportsCongestion || IsReducing ? 0 : Threshold();
        int window = Window.Octets;
        if (!IsReducing)
        {
            StartReduction();
        }

        _undo.Start(Sent.Start, Sent.Retransmitted, window, before);
        Phase = RecoveryPhase.Recovery;
    }

    private void StartReduction()
    {
        _reduction.Start(Window.Octets);
        Window.Threshold = congestion.Reduce(in Window, Sent.Octets);
        Window.ForgetCredit();
        (Point, HasReducedWindow) = (Next, true);
    }

    private void EndReduction()
    {
        if (Phase == RecoveryPhase.WindowReduced || _undo.IsPossible)
        {
            Window.Octets = Math.Min(Window.Threshold, CongestionWindow.NoThreshold);
        }

        _reduction = default;
    }

    private void TakeDuplicate(ref Delivery delivery, bool isDuplicate)
    {
        if (HasSack || !isDuplicate)
        {
            return;
        }

        _duplicateAcks++;
        int octets = Math.Min(Window.SegmentSize, Sent.Octets - Sent.Duplicates - Math.Max(Sent.Lost, Window.SegmentSize));
        if (octets > 0)
        {
            Sent.Duplicates += octets;
            delivery.TakeDuplicate(octets);
        }
    }

    private void FindLosses(bool always, bool advances, Instant now)
    {
        if (Sent.Count == 0)
        {
            ReorderAt = Instant.Never;
        }
        else if (!HasSack)
        {
            FindRenoLoss(advances);
        }
        else if (!settings.Rack)
        {
            SackLosses.Mark(ref Sent, Window.SegmentSize);
        }
        else if (always || _rack.HasAdvanced)
        {
            int wait = _rack.DetectLosses(ref Sent, ReorderingWindow(), now, out int lostAgain);
            _isLostAgain = lostAgain != 0;
            counters.Add(TcpCounter.TCPLostRetransmit, Segments(lostAgain));
            ReorderAt = wait == 0 ? Instant.Never : now.AddMicroseconds(wait + TailProbe.Grain);
        }
    }

    /// <summary>RFC 6582 §3.2: the first segment, by the third duplicate or by an ACK that ends inside the window.</summary>
    private void FindRenoLoss(bool advances)
    {
        bool isLost = Phase == RecoveryPhase.Recovery ? advances : Phase < RecoveryPhase.Recovery && _duplicateAcks >= Reordering;
        if (!isLost || Sent[0].Has(SentFlags.Lost))
        {
            return;
        }

        if (Sent[0].Length > Window.SegmentSize)
        {
            Sent.Split(0, Sent[0].Start + (uint)Window.SegmentSize);
        }

        Sent.MarkLost(0);
    }

    /// <summary>RFC 8985 §6.2 step 4: none before reordering was seen, once three segments have passed or recovery has begun.</summary>
    private int ReorderingWindow()
    {
        bool isEvident = Phase >= RecoveryPhase.Recovery || Sent.Sacked > (Reordering - 1) * Window.SegmentSize;
        return !_reordersSeen && isEvident ? 0 : _rack.ReorderingWindow(in Rtt);
    }

    private void MarkLostByTimeout(Instant now)
    {
        bool isReneged = Sent[0].Has(SentFlags.Sacked);
        if (isReneged)
        {
            counters.Add(TcpCounter.TCPSACKReneging);
            Sent.UnmarkSacked();
        }

        (_duplicateAcks, Sent.Duplicates) = (0, 0);
        for (int i = 0; i < Sent.Count; i++)
        {
            if (!Sent[i].Has(SentFlags.Sacked) && (i == 0 || isReneged || !UsesRack || !_rack.IsRecent(in Sent[i], now)))
            {
                Sent.MarkLost(i);
            }
        }
    }

    private void NoteReordering(in Delivery delivery, bool hasTimestamps)
    {
        if (!delivery.IsReordered)
        {
            return;
        }

        // By how many segments the last to arrive in time was ahead of the first that was late.
        int segments = Segments(delivery.Highest - delivery.ReorderedFrom) - 1;
        Reordering = Math.Clamp(segments, Reordering, MostReordering);
        _reordersSeen = true;
        ReorderingsSeen++;
        counters.Add(hasTimestamps ? TcpCounter.TCPTSReorder : TcpCounter.TCPSACKReorder);
    }

    /// <summary>A threshold that does not forget the window: three quarters of it, at least (RFC 5681 §4.1's idea, as Linux has it).</summary>
    private int Threshold()
        => IsReducing ? Window.Threshold : Math.Max(Window.Threshold, (Window.Octets / 2) + (Window.Octets / 4));

    private void KeepOpen()
    {
        bool isOpen = Sent.Sacked == 0 && Sent.Lost == 0 && Sent.Duplicates == 0 && Sent.Retransmitted == 0;
        if (isOpen)
        {
            _undo.ForgetTimes();
        }

        RecoveryPhase phase = isOpen ? RecoveryPhase.Open : RecoveryPhase.Disorder;
        if (Phase != phase)
        {
            (Phase, Point) = (phase, Next);
        }
    }

    private bool MayUndo(in AckFacts ack) => _undo.IsAllDuplicate || _undo.IsByOriginal(ack.EchoedSentAt);

    /// <summary>True when recovery is to be held on to: without SACK, until something beyond the point is acknowledged (RFC 6582 §4).</summary>
    private bool TryUndoRecovery(in AckFacts ack)
    {
        if (MayUndo(in ack))
        {
            counters.Add(Phase == RecoveryPhase.Loss ? TcpCounter.TCPLossUndo : TcpCounter.TCPFullUndo);
            TakeBack(false);
        }
        else
        {
            _rack.OnRecovered();
        }

        if (!HasSack && ack.Acknowledgment == Point)
        {
            return true;
        }

        if (Phase == RecoveryPhase.Recovery)
        {
            EndReduction();
        }

        // A duplicate that is reported later can still undo it.
        Phase = RecoveryPhase.Open;
        return false;
    }

    private bool TryUndoLoss(in AckFacts ack, bool isForward)
    {
        if (!isForward && !MayUndo(in ack))
        {
            return false;
        }

        TakeBack(true);
        Rtt.TakeBackOffBack();
        counters.Add(TcpCounter.TCPLossUndo);
        if (isForward)
        {
            counters.Add(TcpCounter.TCPSpuriousRTOs);
        }

        Timeouts = 0;
        if (HasSack || isForward)
        {
            Phase = RecoveryPhase.Open;
        }

        return true;
    }

    private void TryUndoByDuplicates()
    {
        if (_undo.IsAllDuplicate)
        {
            TakeBack(false);
            counters.Add(TcpCounter.TCPDSACKUndo);
            KeepOpen();
        }
    }

    private void TakeBack(bool isNothingLost)
    {
        if (isNothingLost)
        {
            Sent.UnmarkLost();
        }

        if (_undo.Threshold != 0)
        {
            Window.Octets = Math.Max(Window.Octets, _undo.Window);
            Window.Threshold = Math.Max(Window.Threshold, _undo.Threshold);
            HasReducedWindow = false;
            congestion.OnUndo();
        }

        _undo.End();
        _rack.LookAgain();
    }

    private void Adjust(in Delivery delivery, int newlyLost, Instant now)
    {
        if (delivery.Octets <= 0)
        {
            return;
        }

        if (IsReducing && _reduction.From != 0)
        {
            Window.Octets = _reduction.Window(
                Sent.Pipe, Window.Threshold, delivery.Octets, delivery.Advances && newlyLost == 0, Window.SegmentSize);
        }
        else if (!IsReducing && Window.IsUsed && (delivery.Advances || Reordering > DefaultReordering))
        {
            congestion.OnDelivered(ref Window, delivery.Octets, Rtt.Minimum, now);
        }
    }

    private int Segments(int octets) => (octets + Window.SegmentSize - 1) / Window.SegmentSize;
}
