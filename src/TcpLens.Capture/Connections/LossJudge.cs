using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Tells retransmissions from segments that come late, and why each was sent again; measures round-trip times. It remembers what each
/// end has under way, and, from the first sign of a loss, what the other end asked for. docs/retransmissions.md says how each is told.
/// </summary>
internal sealed class LossJudge
{
    /// <summary>Segments of all connections that are remembered at once: 29 MB.</summary>
    private const int MostOutstanding = 1 << 20;

    /// <summary>RFC 7323 §2.3: no window is larger, so a number further off belongs to no segment under way.</summary>
    private const int MostUnderWay = 1 << 30;

    private readonly OutstandingSegments _outstanding = new(MostOutstanding);
    private readonly Slab<RecoveryState> _recoveries = new(int.MaxValue);

    /// <summary>Segments that were forgotten before they were acknowledged, because more were under way than are remembered.</summary>
    public long Forgotten => _outstanding.Forgotten;

    /// <summary>Segments that are remembered now, of all connections.</summary>
    public int Outstanding => _outstanding.Count;

    public LossVerdict Judge(in CapturedSegment segment, SegmentMarks marks, ref EndSlot sender, ref EndSlot receiver)
    {
        if (segment.HasAny(ControlBits.Rst))
        {
            return Settle(marks, SegmentMarks.Retransmission, RetransmissionKind.None);
        }

        SeqNum acknowledgedBefore = receiver.Loss.Acknowledged;
        long roundTrip = segment.HasAny(ControlBits.Ack) ? TakeAcknowledgment(in segment, marks, in sender, ref receiver) : 0;
        LossVerdict verdict = new(marks, RetransmissionKind.None, 0);
        if (segment.SequenceLength == 0)
        {
            NotePlace(in segment, ref sender.Loss, in receiver.Loss);
        }
        else if (!marks.HasAny(SegmentMarks.KeepAlive | SegmentMarks.ZeroWindowProbe))
        {
            bool acknowledgesMore = receiver.Loss.Acknowledged != acknowledgedBefore;
            verdict = TakeOctets(in segment, marks, acknowledgesMore, ref sender, ref receiver);
        }

        NoteTimestamp(in segment, ref sender.Loss);
        return verdict with { RttNanoseconds = roundTrip };
    }

    /// <summary>Gives back what is remembered of an end whose connection is over.</summary>
    public void Forget(ref EndSlot end)
    {
        _outstanding.Clear(ref end.Loss);
        if (end.Loss.Recovery != 0)
        {
            _recoveries.Release(end.Loss.Recovery);
            end.Loss.Recovery = 0;
        }
    }

    /// <summary>What the segment's sender says of the octets that the other end sent; the round trip it completes, or 0.</summary>
    private long TakeAcknowledgment(in CapturedSegment segment, SegmentMarks marks, in EndSlot sender, ref EndSlot receiver)
    {
        ref LossState to = ref receiver.Loss;
        int ahead = to.Has(LossTraits.WasAcknowledged) ? segment.Acknowledgment - to.Acknowledged : 1;
        if (ahead == 0 && marks.HasAny(SegmentMarks.DuplicateAck) && to.LastOutstanding != 0)
        {
            RecoveryOf(ref to).Signs.Duplicates.Add(segment.TimeNanoseconds);
        }

        long roundTrip = 0;
        if (ahead > 0)
        {
            // It is here now, and will be at the sender's timer half a turnaround later (RFC 6298 §5.3).
            to.TimerStarted = segment.TimeNanoseconds + (long)(sender.Loss.RoundTrips.Least / 2);
            roundTrip = Advance(in segment, ref to);
        }

        if (segment.SackCount > 0)
        {
            to.Traits |= LossTraits.ReceivesSack;
            RecoveryOf(ref to).TakeSacks(in segment, SegmentSizeOf(in receiver.Sequence));
        }

        return roundTrip;
    }

    private long Advance(in CapturedSegment segment, ref LossState to)
    {
        if (to.Recovery != 0)
        {
            _recoveries[to.Recovery].Advance(segment.Acknowledgment);
        }

        to.Acknowledged = segment.Acknowledgment;
        to.Traits |= LossTraits.WasAcknowledged;
        Acknowledged taken = _outstanding.Acknowledge(ref to, segment.Acknowledgment);
        if (to.LastOutstanding == 0)
        {
            to.TimerStarted = 0;
        }

        long roundTrip = taken.RoundTripAt(in segment);
        if (roundTrip <= 0)
        {
            return 0;
        }

        to.RoundTrips.Add(roundTrip);
        to.Backoff = 0;
        if (taken.IsSyn)
        {
            to.Handshake = new(roundTrip / TimeSpan.NanosecondsPerTick);
        }

        return roundTrip;
    }

    /// <summary>A segment without octets tells how far its sender's stream is: what lies before was sent, and may still come.</summary>
    private void NotePlace(in CapturedSegment segment, ref LossState from, in LossState to)
    {
        if (!from.Has(LossTraits.HasSent))
        {
            from.Highest = segment.Sequence;
            from.Traits |= LossTraits.HasSent;
        }
        else if (segment.Sequence - from.Highest is > 0 and <= MostUnderWay)
        {
            RecoveryOf(ref from).Gap.Widen(in segment, in from, new NetworkPath(in from.RoundTrips, in to.RoundTrips));
            from.Highest = segment.Sequence;
            from.Identification = segment.IpIdentification;
        }
    }

    private LossVerdict TakeOctets(in CapturedSegment segment, SegmentMarks marks, bool acknowledgesMore, ref EndSlot sender, ref EndSlot receiver)
    {
        ref LossState own = ref sender.Loss;
        int ahead = own.Has(LossTraits.HasSent) ? segment.Sequence - own.Highest : 0;
        if (ahead >= 0 || !marks.HasAny(SequenceJudge.OldOctets))
        {
            return TakeNew(in segment, marks, ahead, ref own, in receiver.Loss);
        }

        Resent resent = _outstanding.Resend(ref own, in segment);
        if (resent.IsSamePacket)
        {
            return Settle(marks, SegmentMarks.Retransmission | SegmentMarks.CapturedTwice, RetransmissionKind.None);
        }

        bool wasAcknowledged = own.IsAcknowledged(segment.Sequence + 1);
        if (segment.HasAny(ControlBits.Syn) && !resent.IsUnderWay && !wasAcknowledged)
        {
            // A stream that begins anew: what its end said before was about an older connection.
            return TakeNew(in segment, marks, int.MinValue, ref own, in receiver.Loss);
        }

        var path = new NetworkPath(in own.RoundTrips, in receiver.Loss.RoundTrips);
        Gap gap = own.Recovery != 0 ? _recoveries[own.Recovery].Gap : default;
        SegmentMarks verdict = SegmentMarks.Retransmission;
        if (!resent.IsUnderWay && (!wasAcknowledged || gap.Holds(in segment)))
        {
            verdict = ArrivalOrder.Of(in segment, gap, acknowledgesMore, in own, in receiver.Loss, path);
        }

        if (!resent.IsUnderWay && !wasAcknowledged)
        {
            _outstanding.Insert(ref own, in segment, isResent: verdict != SegmentMarks.OutOfOrder);
        }
        else
        {
            verdict &= ~SegmentMarks.LostBefore;
        }

        if (segment.EndSequence.IsAfter(own.Highest))
        {
            _outstanding.Append(ref own, in segment, from: own.Highest);
            own.NoteIdentification(in segment);
            own.Highest = segment.EndSequence;
        }

        if (verdict == SegmentMarks.OutOfOrder)
        {
            return Settle(marks, verdict, RetransmissionKind.None);
        }

        verdict |= own.IsAcknowledged(segment.EndSequence) ? SegmentMarks.Spurious : SegmentMarks.None;
        return Settle(marks, verdict, Explain(in segment, resent, ref sender, in receiver, path));
    }

    private LossVerdict TakeNew(in CapturedSegment segment, SegmentMarks marks, int ahead, ref LossState own, in LossState other)
    {
        if (ahead is < -1 or > MostUnderWay)
        {
            // The stream goes on elsewhere: what was under way is too far off to be asked for.
            _outstanding.Clear(ref own);
            own.Traits &= ~LossTraits.WasAcknowledged;
        }

        if (ahead > 0 || own.Recovery != 0)
        {
            ref RecoveryState recovery = ref RecoveryOf(ref own);
            var path = new NetworkPath(in own.RoundTrips, in other.RoundTrips);
            recovery.IsResending = false;
            if (ahead > 0)
            {
                recovery.Gap.Widen(in segment, in own, path);
            }
            else if (recovery.IsLimitedTransmit(in segment, path))
            {
                marks |= SegmentMarks.LimitedTransmit;
            }
        }

        _outstanding.Append(ref own, in segment, from: segment.Sequence);
        own.NoteIdentification(in segment);
        own.Highest = segment.EndSequence;
        own.Traits |= LossTraits.HasSent;
        if (own.TimerStarted == 0)
        {
            own.TimerStarted = segment.TimeNanoseconds;
        }

        return Settle(marks, SegmentMarks.OutOfOrder, RetransmissionKind.None);
    }

    private RetransmissionKind Explain(in CapturedSegment segment, Resent resent, ref EndSlot sender, in EndSlot receiver, NetworkPath path)
    {
        ref LossState own = ref sender.Loss;
        ref RecoveryState recovery = ref RecoveryOf(ref own);
        var it = new Resending(in segment, resent, in own, path)
        {
            SegmentSize = SegmentSizeOf(in sender.Sequence),
            MaySack = sender.Sequence.Has(SequenceFacts.OffersSack) && receiver.Sequence.Has(SequenceFacts.OffersSack),
        };
        RetransmissionKind kind = ResendCause.Of(in it, in recovery);
        if (kind == RetransmissionKind.TailLossProbe)
        {
            own.TimerStarted = segment.TimeNanoseconds;
            return kind;
        }

        recovery.Enter(kind, in it);
        if (recovery.LastWasTimeout)
        {
            own.TimerStarted = segment.TimeNanoseconds;
            own.Backoff += (byte)(own.Backoff < byte.MaxValue ? 1 : 0);
        }

        return kind;
    }

    private static void NoteTimestamp(in CapturedSegment segment, ref LossState from)
    {
        if ((segment.Options & SegmentOptions.Timestamps) == SegmentOptions.None)
        {
            return;
        }

        if (!from.Has(LossTraits.UsesTimestamps) || (int)(segment.TimestampValue - from.TimestampValue) > 0)
        {
            from.TimestampValue = segment.TimestampValue;
        }

        from.Traits |= LossTraits.UsesTimestamps;
    }

    /// <summary>What an end may put into a segment: by its SYN (RFC 9293 §3.7.1), or what Ethernet takes where that was not captured.</summary>
    private static uint SegmentSizeOf(in SequenceState sender)
        => sender.MaximumSegmentSize > 0 ? sender.MaximumSegmentSize : sender.Has(SequenceFacts.Syn) ? 536u : 1460u;

    /// <summary>Of the two that <see cref="SequenceJudge"/> leaves open, the one that is true.</summary>
    private static LossVerdict Settle(SegmentMarks marks, SegmentMarks verdict, RetransmissionKind kind)
        => marks.HasAny(SequenceJudge.OldOctets)
            ? new((marks & ~(SequenceJudge.OldOctets | SegmentMarks.Spurious)) | verdict, kind, 0)
            : new(marks, RetransmissionKind.None, 0);

    private ref RecoveryState RecoveryOf(ref LossState end)
    {
        if (end.Recovery == 0)
        {
            end.Recovery = _recoveries.Take();
            _recoveries[end.Recovery] = default;
        }

        return ref _recoveries[end.Recovery];
    }
}

/// <summary>What was found out about a segment, and the round trip that it completed, in nanoseconds; 0 for none.</summary>
internal readonly record struct LossVerdict(SegmentMarks Marks, RetransmissionKind Kind, long RttNanoseconds);
