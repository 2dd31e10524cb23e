using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// How loss recovery goes from phase to phase, as in Linux (tcpi_ca_state, net/ipv4/tcp_input.c): <see cref="LossDetection"/> says what is lost,
/// <see cref="WindowControl"/> what follows for the window, and here is when.
/// </summary>
internal sealed class RecoveryPhases(CongestionControl congestion, TcpSettings settings, TcpCounters counters)
{
    /// <summary>Until the handshake says what the peer takes (RFC 9293 MUST-15).</summary>
    private const int SegmentSizeBefore = 536;

    public LossDetection Losses = new();
    public WindowControl Control = new(congestion, SegmentSizeBefore);
    public RttEstimator Rtt = new(settings);
    private ForwardRecovery _forward;

    public RecoveryPhase Phase { get; private set; }

    /// <summary>Recovery is over when this is acknowledged (RFC 6582 "recover", RFC 6675 RecoveryPoint).</summary>
    public SeqNum Point { get; private set; }

    /// <summary>SND.NXT.</summary>
    public SeqNum Next { get; private set; }

    /// <summary>Retransmission timeouts in a row.</summary>
    public int Timeouts { get; set; }

    /// <summary>New data goes before anything that is sent again.</summary>
    public bool PrefersNewData => _forward.PrefersNewData;

    public ref SentSegments Sent => ref Losses.Sent;

    public ref CongestionWindow Window => ref Control.Window;

    private bool IsReducing => Phase is RecoveryPhase.Recovery or RecoveryPhase.WindowReduced;

    /// <summary>Finds what is lost, and reduces, grows or leaves the window.</summary>
    /// <param name="ack">The ACK.</param>
    /// <param name="delivery">What it delivered.</param>
    /// <param name="isDuplicate">By RFC 5681 §2.</param>
    /// <param name="reportsDuplicate">By RFC 2883.</param>
    /// <param name="now">The time.</param>
    public void OnAck(in AckFacts ack, ref Delivery delivery, bool isDuplicate, bool reportsDuplicate, Instant now)
    {
        int lostEver = Sent.LostEver;
        Losses.OnAck(in ack, in delivery, counters, now);
        bool isPlain = Phase == RecoveryPhase.Open && !isDuplicate && !delivery.HasSacked && !reportsDuplicate && !ack.ReportsCongestion;
        if (!isPlain)
        {
            Alert(in ack, ref delivery, isDuplicate, now);
        }

        Control.OnDelivered(
            in delivery, Sent.Pipe, Sent.LostEver != lostEver, !IsReducing && (delivery.Advances || Losses.IsReordering), Rtt.Minimum, now);
    }

    public void OnSent(SentRange range, Instant now)
    {
        Sent.Add(range, Window.SegmentSize, now);
        Next = range.End;
        _forward.OnSent();
        Control.OnSent(range.Length);
        Window.OnSent(Sent.Pipe, Sent.Octets, Sent.Start, Next, now);
    }

    /// <summary>Octets were sent again.</summary>
    public void OnRetransmitted(int octets, bool isByTimer, Instant now)
    {
        Control.Undo.OnRetransmitted(octets, now);
        Control.OnSent(octets);
        if (!isByTimer)
        {
            _forward.OnRetransmitted();
        }
    }

    public void OnDuplicateReported(SeqNum end, int octets, bool isProbe)
    {
        Control.Undo.OnDuplicateReported(end, octets);
        if (!isProbe)
        {
            Losses.OnDuplicateReported(Next);
        }
    }

    /// <summary>RFC 5681 §3.1, RFC 5682 §2.1 step 1.</summary>
    public void OnTimeout(Instant now)
    {
        bool isFirst = Phase < RecoveryPhase.Recovery;
        bool isNew = Phase <= RecoveryPhase.Disorder || !Point.IsAfter(Sent.Start) || (Phase == RecoveryPhase.Loss && Timeouts == 0);
        Losses.MarkByTimeout(counters, now);
        Control.OnTimeout(in Sent, isNew);
        _forward.OnTimeout(isTried: isFirst || Timeouts > 0);
        (Phase, Point) = (RecoveryPhase.Loss, Next);
    }

    /// <summary>The reordering timer fired (RFC 8985 §6.2 step 5).</summary>
    public void OnReorderTimeout(Instant now)
    {
        int lostEver = Sent.LostEver;
        Losses.FindByTime(Phase, in Rtt, Window.SegmentSize, counters, now);
        if (Sent.LostEver != lostEver && Phase < RecoveryPhase.Recovery)
        {
            EnterRecovery(true);
            Control.OnReorderTimeout(Sent.Pipe);
        }
    }

    /// <summary>A tail loss probe has mended a loss: one reduction for it, over at once (RFC 8985 §7.4.2).</summary>
    public void OnProbeMended()
    {
        Control.StartReduction(Sent.Octets);
        Control.EndReduction(false);
        Point = Next;
        KeepOpen();
        counters.Add(TcpCounter.TCPLossProbeRecovery);
    }

    /// <summary>What is too long for the path now is lost, and nothing is congested (RFC 1191 §6.4).</summary>
    public void OnSegmentSize(int segmentSize)
    {
        Window.Resize(segmentSize);
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
            Window.Threshold = Control.CurrentThreshold;
            Control.EndReduction(true);
            Control.Undo.End();
            (Phase, Point) = (RecoveryPhase.Loss, Next);
        }
    }

    private void Alert(in AckFacts ack, ref Delivery delivery, bool isDuplicate, Instant now)
    {
        if (ack.ReportsCongestion)
        {
            Control.Undo.Forbid();
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
            Control.EndReduction(false);
            Phase = RecoveryPhase.Open;
        }
        else if (Phase == RecoveryPhase.Recovery)
        {
            Losses.ForgetDuplicates();
            return TryUndoRecovery(in ack);
        }

        return false;
    }

    private void InRecovery(in AckFacts ack, ref Delivery delivery, bool isDuplicate, Instant now)
    {
        if (isDuplicate)
        {
            Losses.TakeDuplicate(ref delivery);
        }
        else if (delivery.Advances && Control.Undo.IsByOriginal(ack.EchoedSentAt))
        {
            // The hole was filled by what had only been late (RFC 4015); what was sent again is waited for.
            if (Sent.Retransmitted == 0)
            {
                TakeBack(TcpCounter.TCPPartialUndo, isNothingLost: true);
                KeepOpen();
            }

            return;
        }

        TryUndoByDuplicates();
        Find(in delivery, now);
        if (Phase != RecoveryPhase.Recovery && Sent.Lost != 0)
        {
            EnterRecovery(!ack.ReportsCongestion);
        }
    }

    private void InLoss(in AckFacts ack, ref Delivery delivery, bool isDuplicate, Instant now)
    {
        ProcessLoss(in ack, ref delivery, isDuplicate);
        Find(in delivery, now);
        if (Phase == RecoveryPhase.Open || Losses.IsLostAgain)
        {
            StartRecoveryOrKeepOpen(in ack);
        }
    }

    private void InOrder(in AckFacts ack, ref Delivery delivery, bool isDuplicate, Instant now)
    {
        if (delivery.Advances)
        {
            Losses.ForgetDuplicates();
        }
        else if (isDuplicate)
        {
            Losses.TakeDuplicate(ref delivery);
        }

        if (Phase <= RecoveryPhase.Disorder)
        {
            TryUndoByDuplicates();
        }

        Find(in delivery, now);
        StartRecoveryOrKeepOpen(in ack);
    }

    private void Find(in Delivery delivery, Instant now)
        => Losses.Find(Phase, delivery.Advances, in Rtt, Window.SegmentSize, counters, now);

    private void StartRecoveryOrKeepOpen(in AckFacts ack)
    {
        if (Sent.Lost != 0)
        {
            EnterRecovery(!ack.ReportsCongestion);
        }
        else if (ack.ReportsCongestion && Phase <= RecoveryPhase.Disorder)
        {
            // RFC 3168 §6.1.2: as for a loss, once in a window.
            Control.Undo.End();
            Control.StartReduction(Sent.Octets);
            (Phase, Point) = (RecoveryPhase.WindowReduced, Next);
        }
        else if (Phase != RecoveryPhase.WindowReduced)
        {
            KeepOpen();
        }
    }

    /// <summary>The timeout may turn out to have been spurious; else what is lost is sent again by slow start until the point.</summary>
    private void ProcessLoss(in AckFacts ack, ref Delivery delivery, bool isDuplicate)
    {
        bool isOver = !ack.Acknowledgment.IsBefore(Point);
        if ((delivery.Advances && MayUndo(in ack) && TryUndoLoss(in ack, false))
            || (_forward.IsSpurious(in delivery, Losses.HasSack) && TryUndoLoss(in ack, true)))
        {
            return;
        }

        if (_forward.AsksForNewData(in delivery, isDuplicate, Next.IsAfter(Point), isOver))
        {
            Point = Next;
            return;
        }

        if (isOver)
        {
            TryUndoRecovery(in ack);
        }
        else if (delivery.Advances)
        {
            Losses.ForgetDuplicates();
        }
        else if (isDuplicate && Next.IsAfter(Point))
        {
            Losses.TakeDuplicate(ref delivery);
        }
    }

    private void EnterRecovery(bool mayTakeBack)
    {
        counters.Add(Losses.HasSack ? TcpCounter.TCPSackRecovery : TcpCounter.TCPRenoRecovery);
        Control.StartRecovery(in Sent, mayTakeBack);
        (Phase, Point) = (RecoveryPhase.Recovery, Next);
    }

    private void KeepOpen()
    {
        if (Losses.IsAllWell)
        {
            Control.Undo.ForgetTimes();
        }

        RecoveryPhase phase = Losses.IsAllWell ? RecoveryPhase.Open : RecoveryPhase.Disorder;
        if (Phase != phase)
        {
            (Phase, Point) = (phase, Next);
        }
    }

    private bool MayUndo(in AckFacts ack) => Control.Undo.IsAllDuplicate || Control.Undo.IsByOriginal(ack.EchoedSentAt);

    /// <summary>Without SACK recovery is held on to until something beyond the point is acknowledged: later duplicates mean nothing (RFC 6582 §4).</summary>
    private bool IsHeld(in AckFacts ack) => !Losses.HasSack && ack.Acknowledgment == Point;

    /// <summary>The point is acknowledged: recovery ends, perhaps as never having been. True when it is held on to.</summary>
    private bool TryUndoRecovery(in AckFacts ack)
    {
        bool isUndone = MayUndo(in ack);
        if (isUndone)
        {
            TakeBack(Phase == RecoveryPhase.Loss ? TcpCounter.TCPLossUndo : TcpCounter.TCPFullUndo, isNothingLost: false);
        }
        else
        {
            Losses.OnRecovered();
        }

        if (IsHeld(in ack))
        {
            return true;
        }

        // A duplicate that is reported later can still take it back.
        Control.EndReduction(isUndone);
        Phase = RecoveryPhase.Open;
        return false;
    }

    private bool TryUndoLoss(in AckFacts ack, bool isForward)
    {
        TakeBack(TcpCounter.TCPLossUndo, isNothingLost: true);
        Rtt.TakeBackOffBack();
        Timeouts = 0;
        if (isForward)
        {
            counters.Add(TcpCounter.TCPSpuriousRTOs);
        }

        if (!IsHeld(in ack) && (isForward || Losses.HasSack))
        {
            Phase = RecoveryPhase.Open;
        }

        return true;
    }

    private void TryUndoByDuplicates()
    {
        if (Control.Undo.IsAllDuplicate)
        {
            TakeBack(TcpCounter.TCPDSACKUndo, isNothingLost: false);
            KeepOpen();
        }
    }

    private void TakeBack(TcpCounter counter, bool isNothingLost)
    {
        counters.Add(counter);
        if (isNothingLost)
        {
            Sent.UnmarkLost();
        }

        Control.TakeBack();
        Losses.LookAgain();
    }
}
