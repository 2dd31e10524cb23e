using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// Why a segment was sent again. Every cause says when the retransmission would pass here: an ACK's, one turnaround after it; the
/// timer's, when it expires. The nearest one is taken, and none that is further off than three times its measure.
/// </summary>
internal static class ResendCause
{
    private const float Least = 1f / 4;

    public static RetransmissionKind Of(in Resending it, in RecoveryState recovery)
    {
        if (it.IsControl)
        {
            return RetransmissionKind.Control;
        }

        if (recovery.LastWasTimeout && recovery.LastResent == it.Segment.Sequence && (recovery.Phase != RecoveryPhase.None || recovery.IsResending))
        {
            return RetransmissionKind.BackedOffTimeout;
        }

        if (recovery.Phase != RecoveryPhase.None && !it.Segment.EndSequence.IsAfter(recovery.Point))
        {
            return During(in it, in recovery);
        }

        return recovery.Phase != RecoveryPhase.None || recovery.IsResending ? RetransmissionKind.Recovery : Beginning(in it, in recovery);
    }

    /// <summary>Of what was under way when the recovery began: a part of it, unless the timer has expired meanwhile.</summary>
    private static RetransmissionKind During(in Resending it, in RecoveryState recovery)
    {
        if (!it.IsTimerOver)
        {
            return RetransmissionKind.Recovery;
        }

        if (it.Before.TimesSent > 1)
        {
            return RetransmissionKind.BackedOffTimeout;
        }

        return IsAskedFor(in it, in recovery.Signs) ? RetransmissionKind.Recovery : RetransmissionKind.Timeout;
    }

    private static RetransmissionKind Beginning(in Resending it, in RecoveryState recovery)
    {
        Cause best = BestOf(in it, in recovery.Signs, in recovery, new(RetransmissionKind.Unknown, 0));
        bool isAskedFor = IsAskedFor(in it, in recovery.Signs);
        if (IsAskedFor(in it, in recovery.EarlierSigns) && !it.Segment.Sequence.IsBefore(recovery.EarlierSigns.Acknowledgment))
        {
            // A capture near the receiver is ahead of the sender: it may act on what was true a turnaround ago.
            best = BestOf(in it, in recovery.EarlierSigns, in recovery, best);
        }

        if (best.Nearness == 0 && !isAskedFor)
        {
            return Unasked(in it);
        }

        if (it.IsTimerOver)
        {
            best = best.Or(RetransmissionKind.Timeout, 1 / (1 + ((it.Elapsed - it.Timeout) / it.Timeout)));
        }

        return best.Nearness < Least ? RetransmissionKind.Unknown : best.Kind;
    }

    /// <summary>No ACK asked for it, so the sender did it by itself: by a timer, if one had the time.</summary>
    private static RetransmissionKind Unasked(in Resending it)
    {
        if (IsProbe(in it))
        {
            return RetransmissionKind.TailLossProbe;
        }

        // Its timer may be shorter than it looks from here. Where all was acknowledged here, the sender knows better how long it waited.
        bool hadTime = !it.TimerRuns || it.Elapsed >= it.Timeout / 2;
        return hadTime ? RetransmissionKind.Timeout : RetransmissionKind.Unknown;
    }

    /// <summary>The nearest of what ACKs may have caused, unless <paramref name="best"/> is nearer.</summary>
    private static Cause BestOf(in Resending it, in Signs signs, in RecoveryState recovery, Cause best)
    {
        if (it.Path.HasTurnaround && signs.FarAhead.Last >= it.Before.LastSent)
        {
            best = best.Or(RetransmissionKind.ForwardAck, signs.FarAhead.Nearness(0, it.Now, it.Path));
            best = best.Or(RetransmissionKind.ForwardAck, signs.FarAhead.NearnessOfLast(0, it.Now, it.Path));
        }

        if (!IsAskedFor(in it, in signs))
        {
            return best;
        }

        bool hasSack = it.Sender.Has(LossTraits.ReceivesSack);
        RetransmissionKind third = hasSack ? RetransmissionKind.SackRecovery : RetransmissionKind.Fast;
        best = best.Or(third, signs.Duplicates.Nearness(2, it.Now, it.Path));
        best = best.Or(third, signs.Duplicates.NearnessOfLast(2, it.Now, it.Path));
        if (hasSack && signs.Duplicates.Count < 3)
        {
            // A sender with a clock for each segment (RACK) needs no third sign.
            best = best.Or(RetransmissionKind.ForwardAck, signs.Duplicates.NearnessOfLast(0, it.Now, it.Path));
        }

        return best.Or(RetransmissionKind.Early, Early(in it, in signs, recovery.SackedOctets, hasSack));
    }

    /// <summary>True when duplicate ACKs came after the octets were last sent.</summary>
    private static bool IsAskedFor(in Resending it, in Signs signs)
        => it.Path.HasTurnaround && signs.Duplicates.Count > 0 && signs.Duplicates.Last >= it.Before.LastSent;

    /// <summary>RFC 5827 §3: of fewer than four segments under way, all but the missing one were reported.</summary>
    private static float Early(in Resending it, in Signs signs, uint sackedOctets, bool hasSack)
    {
        uint underWay = (uint)(it.Sender.Highest - it.Sender.Acknowledged);
        uint segments = (underWay + it.SegmentSize - 1) / it.SegmentSize;
        if (underWay >= 4 * it.SegmentSize || (hasSack && sackedOctets != underWay - it.SegmentSize))
        {
            return 0;
        }

        int last = (int)Math.Clamp(segments, 2, 4) - 2;
        return signs.Duplicates.IsAnswer(last, it.Now, it.Path, it.Path.Scatter) ? 1 : signs.Duplicates.Nearness(last, it.Now, it.Path);
    }

    /// <summary>RFC 8985 §7.2: the last segment again two round trips after the last sign of life, before the timer is over.</summary>
    private static bool IsProbe(in Resending it)
        => it.MaySack && it.IsTail && it.Before.TimesSent == 1 && it.Path.IsKnown && it.TimerRuns
            && it.Elapsed < it.Timeout && it.Elapsed >= it.Path.ProbeTimeout(isAlone: it.Sender.OutstandingCount == 1);

    /// <summary>The later of two that are equally near: what is asked for is the better reason.</summary>
    private readonly record struct Cause(RetransmissionKind Kind, float Nearness)
    {
        public Cause Or(RetransmissionKind kind, float nearness) => nearness > 0 && nearness >= Nearness ? new(kind, nearness) : this;
    }
}
