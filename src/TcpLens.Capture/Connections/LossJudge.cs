using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Tells retransmissions from segments out of order, and why each was sent again; measures round-trip times.</summary>
internal sealed class LossJudge
{
    public static bool Trace;
    private const int MostOutstanding = 1 << 20;
    private const SegmentMarks Undecided = SegmentMarks.Retransmission | SegmentMarks.OutOfOrder;
    private const int Wild = 1 << 30;

    private readonly OutstandingSegments _outstanding = new(MostOutstanding);
    private readonly Slab<RecoveryState> _recoveries = new(int.MaxValue - 1);

    public LossVerdict Judge(in CapturedSegment segment, SegmentMarks marks, ref EndSlot sender, ref EndSlot receiver, ref ConnectionTrack track)
    {
        if (segment.Has(ControlBits.Rst))
        {
            return new(marks, RetransmissionKind.None, 0);
        }

        ref LossState own = ref sender.Loss;
        ref LossState other = ref receiver.Loss;
        if ((segment.Options & SegmentOptions.MaximumSegmentSize) != 0)
        {
            own.MaximumSegment = segment.MaximumSegmentSize;
        }

        long rtt = segment.Has(ControlBits.Ack) ? TakeAcknowledgment(in segment, ref own, ref other) : 0;
        own.WindowField = segment.Window.Raw;
        RetransmissionKind kind = RetransmissionKind.None;
        if (segment.SequenceLength > 0)
        {
            marks = TakeOctets(in segment, marks, ref own, ref other, out kind);
        }

        if ((segment.Options & SegmentOptions.Timestamps) != 0)
        {
            if ((own.Traits & LossTraits.UsesTimestamps) == 0 || (int)(segment.TimestampValue - own.TimestampValue) > 0)
                own.TimestampValue = segment.TimestampValue;
            own.Traits |= LossTraits.UsesTimestamps;
        }

        return new(marks, kind, rtt);
    }

    public void Forget(ref EndSlot end)
    {
        _outstanding.Clear(ref end.Loss);
        if (end.Loss.Recovery != 0)
        {
            _recoveries.Release(end.Loss.Recovery);
            end.Loss.Recovery = 0;
        }
    }

    private long TakeAcknowledgment(in CapturedSegment segment, ref LossState own, ref LossState other)
    {
        if (segment.SackCount > 0) TakeSacks(in segment, ref other);
        int ahead = segment.Acknowledgment - other.Acknowledged;
        bool known = (other.Traits & LossTraits.WasAcknowledged) != 0;
        bool duplicate = known && ahead == 0 && segment.SequenceLength == 0 && other.LastOutstanding != 0 && segment.Window.Raw == own.WindowField;
        if (duplicate)
        {
            ref RecoveryState r = ref RecoveryOf(ref other);
            r.Duplicates++;
            r.LastDuplicate = segment.TimeNanoseconds;
            if (r.Duplicates == 1) r.FirstDuplicate = segment.TimeNanoseconds;
            else if (r.Duplicates == 2) r.SecondDuplicate = segment.TimeNanoseconds;
            else if (r.Duplicates == 3) r.ThirdDuplicate = segment.TimeNanoseconds;
        }
        else
        {
            other.TimerStarted = segment.TimeNanoseconds + (own.RoundTrips.IsKnown ? (long)(0.5f * (own.RoundTrips.Smoothed - own.RoundTrips.Variation)) : 0);
        }

        if (other.Recovery != 0)
        {
            ref RecoveryState r = ref _recoveries[other.Recovery];
            if (r.Phase != RecoveryPhase.None && segment.Acknowledgment - r.Point >= 0) { r.Phase = RecoveryPhase.None; r.FarAhead = 0; r.FarAheadCount = 0; }
            if (known && ahead > 0) { r.Duplicates = 0; }
        }

        if (known && ahead <= 0) return 0;
        if (known && ahead > Wild) return 0;
        other.Acknowledged = segment.Acknowledgment;
        other.Traits |= LossTraits.WasAcknowledged;
        Acknowledged taken = _outstanding.Acknowledge(ref other, segment.Acknowledgment);
        long rtt = 0;
        if (taken.Count > 0 && !taken.IsAmbiguous)
        {
            rtt = segment.TimeNanoseconds - taken.LastSent;
            if (rtt >= 0) {
            other.RoundTrips.Add(rtt);
            other.Backoff = 0;
            if (taken.IsSyn) other.HandshakeTicks = (uint)Math.Clamp(rtt / 100, 1, uint.MaxValue); }
        }
        if (other.LastOutstanding == 0) other.TimerStarted = 0;
        return rtt;
    }

    private void TakeSacks(in CapturedSegment segment, ref LossState other)
    {
        other.Traits |= LossTraits.ReceivesSack;
        ref RecoveryState r = ref RecoveryOf(ref other);
        r.SackedOctets = 0;
        int far = 0;
        for (int i = 0; i < segment.SackCount; i++)
        {
            SackBlock b = segment.Sacks[i];
            int edge = b.Right - segment.Acknowledgment;
            if (edge > 0) { r.SackedOctets += (uint)Math.Max(0, b.Right - b.Left); far = Math.Max(far, edge); }
        }
        if (far > 3 * (other.MaximumSegment == 0 ? 536 : other.MaximumSegment))
        {
            if (r.Phase == RecoveryPhase.None) { if (r.FarAheadCount++ == 0) r.FarAhead = segment.TimeNanoseconds; r.LastFarAhead = segment.TimeNanoseconds; }
        }
        else { r.FarAhead = 0; r.FarAheadCount = 0; }
    }

    private SegmentMarks TakeOctets(in CapturedSegment segment, SegmentMarks marks, ref LossState own, ref LossState other, out RetransmissionKind kind)
    {
        kind = RetransmissionKind.None;
        if ((own.Traits & LossTraits.HasSent) == 0 || segment.EndSequence - own.Highest > 0)
        {
            bool known = (own.Traits & LossTraits.HasSent) != 0;
            int ahead = segment.Sequence - own.Highest;
            if (!known || ahead >= 0)
            {
                if (known && ahead > 0) OpenGap(in segment, ref own, ref other);
                _outstanding.Append(ref own, in segment, OutstandingTraits.None);
                marks |= LimitedTransmit(in segment, ref own, ref other);
                if (own.Recovery != 0) _recoveries[own.Recovery].IsResending = false;
            }
            else
            {
                Resent r = _outstanding.Resend(ref own, in segment);
                // partly new
                if (r.IsUnderWay || ((own.Traits & LossTraits.WasAcknowledged) != 0 && segment.Sequence - own.Acknowledged < 0))
                {
                    marks = (marks & ~Undecided) | SegmentMarks.Retransmission;
                    kind = Explain(in segment, r, ref own, ref other);
                }
                CapturedSegment rest = segment;
                rest.PayloadLength = (uint)(segment.EndSequence - own.Highest); rest.Sequence = own.Highest;
                _outstanding.Append(ref own, in rest, OutstandingTraits.FilledGap);
            }
            own.Highest = segment.EndSequence;
            own.Traits |= LossTraits.HasSent;
            if (own.TimerStarted == 0) own.TimerStarted = segment.TimeNanoseconds;
            return marks;
        }

        Resent resent = _outstanding.Resend(ref own, in segment);
        if (resent.IsSamePacket) return marks;
        bool acked = (own.Traits & LossTraits.WasAcknowledged) != 0 && segment.Sequence - own.Acknowledged < 0;
        bool retransmission = resent.IsUnderWay || acked;
        SegmentMarks order = SegmentMarks.Retransmission;
        if (!retransmission)
        {
            order = Order(in segment, ref own, ref other);
            _outstanding.Insert(ref own, in segment, order == SegmentMarks.OutOfOrder ? OutstandingTraits.None : OutstandingTraits.FilledGap);
        }
        marks = (marks & ~Undecided) | order;
        if (order == SegmentMarks.Retransmission)
        {
            if (segment.EndSequence - own.Acknowledged <= 0) marks |= SegmentMarks.Spurious;
            kind = Explain(in segment, resent, ref own, ref other);
        }
        if (own.TimerStarted == 0) own.TimerStarted = segment.TimeNanoseconds;
        return marks;
    }

    private void OpenGap(in CapturedSegment segment, ref LossState own, ref LossState other)
    {
        ref RecoveryState r = ref RecoveryOf(ref own);
        if (r.GapSeen == 0 || r.GapEnd - own.Acknowledged <= 0)
        {
            r.GapSeen = segment.TimeNanoseconds;
            r.GapRoundTrip = own.RoundTrips.IsKnown && other.RoundTrips.IsKnown ? own.RoundTrips.Smoothed + other.RoundTrips.Smoothed : 0;
            r.GapEnd = segment.Sequence;
        }
        else if (segment.Sequence - r.GapEnd > 0) r.GapEnd = segment.Sequence;
    }

    private SegmentMarks Order(in CapturedSegment segment, ref LossState own, ref LossState other)
    {
        if ((segment.Options & SegmentOptions.Timestamps) != 0 && (own.Traits & LossTraits.UsesTimestamps) != 0)
        {
            int later = (int)(segment.TimestampValue - own.TimestampValue);
            if (later > 0) return SegmentMarks.Retransmission;
            if (later < 0) return SegmentMarks.OutOfOrder;
        }
        if (segment.Has(ControlBits.Ack) )
        {
            int a = segment.Acknowledgment - other.Acknowledged;
            if (a < 0) return SegmentMarks.OutOfOrder;
        }
        ref RecoveryState r = ref RecoveryOf(ref own);
        float rtt = r.GapRoundTrip; float var = rtt / 2;
        if (rtt == 0 && own.RoundTrips.IsKnown && other.RoundTrips.IsKnown) { rtt = own.RoundTrips.Smoothed + other.RoundTrips.Smoothed; var = own.RoundTrips.Variation + other.RoundTrips.Variation; }
        float dt = segment.TimeNanoseconds - r.GapSeen;
        if (rtt == 0) return dt > 200e6 ? SegmentMarks.Retransmission : SegmentMarks.OutOfOrder;
        return dt > 0.5f * (rtt - var) ? SegmentMarks.Retransmission : SegmentMarks.OutOfOrder;
    }

    private SegmentMarks LimitedTransmit(in CapturedSegment segment, ref LossState own, ref LossState other)
    {
        if (own.Recovery == 0 || !other.RoundTrips.IsKnown) return 0;
        ref RecoveryState r = ref _recoveries[own.Recovery];
        if (r.Phase != RecoveryPhase.None || r.Duplicates == 0 || r.Duplicates > 20) return 0;
        float min = MathF.Max(1e6f, other.RoundTrips.Variation);
        float target = segment.TimeNanoseconds - (long)other.RoundTrips.Smoothed - r.FirstDuplicate;
        if (MathF.Abs(target) <= min) return SegmentMarks.LimitedTransmit;
        target = segment.TimeNanoseconds - (long)other.RoundTrips.Smoothed - r.SecondDuplicate;
        if (r.Duplicates > 1 && MathF.Abs(target) <= min) return SegmentMarks.LimitedTransmit;
        return 0;
    }

    private float Rto(ref LossState own, ref LossState other)
    {
        float rto = 1e9f;
        if (own.RoundTrips.IsKnown && other.RoundTrips.IsKnown)
            rto = MathF.Max(2e8f, own.RoundTrips.Smoothed + other.RoundTrips.Smoothed + 4 * (own.RoundTrips.Variation + other.RoundTrips.Variation));
        return rto * (1 << Math.Min((int)own.Backoff, 16));
    }

    private RetransmissionKind Explain(in CapturedSegment segment, Resent resent, ref LossState own, ref LossState other)
    {
        ref RecoveryState r = ref RecoveryOf(ref own);
        RetransmissionKind kind = Explain(in segment, resent, ref own, ref other, ref r);
        if (Trace) { Console.Error.WriteLine($"    {segment.Frame} phase={r.Phase} point={segment.EndSequence - r.Point} resending={r.IsResending} times={resent.TimesSent} age={(segment.TimeNanoseconds - resent.LastSent) / 1e6:0.0}ms elapsed={(segment.TimeNanoseconds - own.TimerStarted) / 1e6:0.0} rto={Rto(ref own, ref other) / 1e6:0.0} dups={r.Duplicates} d3={(segment.TimeNanoseconds - r.ThirdDuplicate) / 1e6:0.0} dl={(segment.TimeNanoseconds - r.LastDuplicate) / 1e6:0.0} fack={(r.FarAhead == 0 ? -1 : (segment.TimeNanoseconds - r.FarAhead) / 1e6):0.0} turn={other.RoundTrips.Smoothed / 1e6:0.000} una={segment.Sequence - own.Acknowledged} sacked={r.SackedOctets} owin={own.Highest - own.Acknowledged}"); }
        if (kind is RetransmissionKind.Timeout or RetransmissionKind.BackedOffTimeout)
        {
            r.Point = own.Highest;
            r.Phase = RecoveryPhase.Timeout;
            own.Backoff++;
            own.TimerStarted = segment.TimeNanoseconds;
        }
        r.LastWasTimeout = kind is RetransmissionKind.Timeout or RetransmissionKind.BackedOffTimeout;
        r.LastResent = segment.Sequence;
        r.IsResending = true;
        return kind;
    }

    private RetransmissionKind Explain(in CapturedSegment segment, Resent resent, ref LossState own, ref LossState other, ref RecoveryState r)
    {
        float rto = Rto(ref own, ref other);
        bool expired = own.TimerStarted != 0 && segment.TimeNanoseconds - own.TimerStarted >= rto;
        bool again = r.LastWasTimeout && r.LastResent == segment.Sequence;
        bool dup = r.LastDuplicate != 0 && r.LastDuplicate >= resent.LastSent && other.RoundTrips.IsKnown;
        if (r.Phase != RecoveryPhase.None && segment.EndSequence - r.Point <= 0)
        {
            if (resent.TimesSent > 1)
                return expired || again || segment.Has(ControlBits.Syn) ? RetransmissionKind.BackedOffTimeout : RetransmissionKind.Recovery;
            if (expired && !dup) return RetransmissionKind.Timeout;
            if (again) return RetransmissionKind.BackedOffTimeout;
            if (expired) { var k = Score(in segment, resent, ref own, ref other, ref r, out float c); return k == RetransmissionKind.Timeout && c > 0.68f ? k : RetransmissionKind.Recovery; }
            return RetransmissionKind.Recovery;
        }
        if (r.Phase == RecoveryPhase.None && r.IsResending)
        {
            if (again) return RetransmissionKind.BackedOffTimeout;
            r.Phase = RecoveryPhase.Unexplained;
            return RetransmissionKind.Recovery;
        }
        if (r.Phase != RecoveryPhase.None) return RetransmissionKind.Recovery;

        var kind = Score(in segment, resent, ref own, ref other, ref r, out float confidence);
        if (confidence < 0.25f) kind = RetransmissionKind.Unknown;
        r.Point = own.Highest;
        r.Phase = kind is RetransmissionKind.Timeout or RetransmissionKind.Control ? RecoveryPhase.Timeout : kind is RetransmissionKind.Unknown ? RecoveryPhase.Unexplained : RecoveryPhase.Fast;
        return kind;
    }

    private RetransmissionKind Score(in CapturedSegment segment, Resent resent, ref LossState own, ref LossState other, ref RecoveryState r, out float confidence)
    {
        confidence = 1;
        if (segment.HasAny(ControlBits.Syn | ControlBits.Fin)) return RetransmissionKind.Timeout;
        confidence = 0;
        var kind = RetransmissionKind.Unknown;
        float rto = Rto(ref own, ref other);
        bool known = other.RoundTrips.IsKnown;
        float turn = other.RoundTrips.Smoothed;
        float grain = turn < 1e6f ? turn * (1 - 2 * MathF.Log10(turn / 1e6f)) : turn;
        long target = segment.TimeNanoseconds - (long)turn;
        bool dup = known && r.LastDuplicate != 0 && r.LastDuplicate >= resent.LastSent;
        bool sack = (own.Traits & LossTraits.ReceivesSack) != 0;
        if (known && r.FarAhead != 0 && r.LastFarAhead >= resent.LastSent)
        {
            float c = MathF.Max(1 / (1 + MathF.Abs(target - r.FarAhead) / grain), 1 / (1 + MathF.Abs(target - r.LastFarAhead) / grain) / Math.Min(r.FarAheadCount, 20));
            if (c > confidence) { confidence = c; kind = RetransmissionKind.ForwardAck; }
        }
        if (dup)
        {
            if (r.Duplicates >= 3)
            {
                float c = 1 / (1 + MathF.Abs(target - r.ThirdDuplicate) / grain);
                float l = 1 / (1 + MathF.Abs(target - r.LastDuplicate) / grain) / (Math.Min(r.Duplicates, 20) - 2);
                c = MathF.Max(c, l);
                if (c >= confidence) { confidence = c; kind = sack ? RetransmissionKind.SackRecovery : RetransmissionKind.Fast; }
            }
            uint owin = (uint)(own.Highest - own.Acknowledged);
            uint mss = own.MaximumSegment == 0 ? 536u : own.MaximumSegment;
            uint threshold = Math.Max(1, ((owin + mss - 1) / mss) - 1);
            if (owin < 4 * mss && r.Duplicates >= threshold && (!sack || owin - mss == r.SackedOctets))
            {
                long when = threshold switch { 1 => r.FirstDuplicate, 2 => r.SecondDuplicate, _ => r.ThirdDuplicate };
                float p = MathF.Abs(target - when) / grain;
                float c = p <= 1 ? 1 : 1 / (1 + p);
                if (c >= confidence) { confidence = c; kind = RetransmissionKind.Early; }
            }
        }
        if (!dup && kind == RetransmissionKind.Unknown) { confidence = 1; return RetransmissionKind.Timeout; }
        float late = segment.TimeNanoseconds + (known ? 0.5f * (turn - other.RoundTrips.Variation) : 0) - own.TimerStarted;
        late = (segment.TimeNanoseconds - own.TimerStarted) + (known ? 0.5f * (turn - other.RoundTrips.Variation) : 0);
        if (own.TimerStarted != 0 && late >= rto && kind != RetransmissionKind.Unknown)
        {
            float c = 1 / (1 + MathF.Abs(segment.TimeNanoseconds - own.TimerStarted - rto) / rto);
            if (c > confidence) { confidence = c; kind = RetransmissionKind.Timeout; }
        }
        else if (own.TimerStarted != 0 && late >= rto && dup)
        {
            float p = (segment.TimeNanoseconds - r.LastDuplicate) / (turn + other.RoundTrips.Variation);
            float c = 1 / (1 + p);
            if (c < 0.16f) { kind = RetransmissionKind.Timeout; confidence = 1 - c / 0.32f; }
            else if (c > 0.84f) { kind = RetransmissionKind.Fast; confidence = 1; }
            else { kind = RetransmissionKind.Unknown; confidence = 1; }
        }
        return kind;
    }

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

internal readonly record struct LossVerdict(SegmentMarks Marks, RetransmissionKind Kind, long RttNanoseconds);
