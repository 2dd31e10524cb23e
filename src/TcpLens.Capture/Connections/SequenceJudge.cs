using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Judges one segment by sequence numbers, acknowledgments and windows, against all that was seen before it. A mark that Wireshark
/// knows is given where Wireshark gives it; docs/marks.md defines each.
/// </summary>
internal static class SequenceJudge
{
    /// <summary>
    /// Both at once: the octets were sent before, or they come late. <see cref="LossJudge"/> takes away the one that is not true.
    /// </summary>
    public const SegmentMarks OldOctets = SegmentMarks.Retransmission | SegmentMarks.OutOfOrder;

    public static SegmentMarks Judge(in CapturedSegment segment, ref SequenceState sender, ref SequenceState receiver)
    {
        SegmentMarks marks = HeaderMarks.Of(in segment, in sender, in receiver) | ChecksumMarks.Of(segment.Checksum, ref sender);
        Handshake.Settle(in segment, ref sender, ref receiver);
        if (WindowMarks.IsZeroWindowProbe(in segment, in sender, in receiver))
        {
            marks |= SegmentMarks.ZeroWindowProbe;
        }
        else
        {
            marks |= StreamMarks.OfPlace(in segment, in sender);
            marks |= WindowMarks.Of(in segment, in receiver);
            marks |= AcknowledgmentMarks.OfRepeat(in segment, ref sender, in receiver);
        }

        marks |= AcknowledgmentMarks.OfReach(in segment, ref sender, ref receiver);
        marks |= StreamMarks.OfOldOctets(in segment, marks, in sender, in receiver);
        LastSegment last = LastOf(marks);
        if (segment.HasAny(ControlBits.Rst | ControlBits.Syn))
        {
            marks |= ResetMarks.Of(in segment, in sender, in receiver, ref last);
        }
        else if (ResetMarks.IsChallenge(in segment, in sender, in receiver))
        {
            marks |= SegmentMarks.ChallengeAck;
        }

        Remember(in segment, marks, ref sender, ref receiver);
        sender.Last = last;
        return marks;
    }

    private static LastSegment LastOf(SegmentMarks marks)
        => (marks.HasAny(SegmentMarks.KeepAlive) ? LastSegment.KeepAlive : LastSegment.Ordinary)
            | (marks.HasAny(SegmentMarks.ZeroWindowProbe) ? LastSegment.ZeroWindowProbe : LastSegment.Ordinary);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Remember(in CapturedSegment segment, SegmentMarks marks, ref SequenceState sender, ref SequenceState receiver)
    {
        if (!marks.HasAny(SegmentMarks.ZeroWindowProbe))
        {
            // The octet of a probe is sent again once the window opens, as if it had never been sent.
            sender.Advance(in segment);
        }

        sender.Acknowledge(in segment);
        sender.Offer(in segment);
        if (receiver.BadChecksums != 0 && segment.HasAny(ControlBits.Ack))
        {
            ChecksumMarks.NoteArrival(in segment, ref receiver);
        }

        if (segment.PayloadLength > 0)
        {
            sender.NoteInFlight(in receiver);
        }

        if (segment.HasAny(ControlBits.Syn))
        {
            Handshake.Learn(in segment, ref sender, ref receiver);
        }
    }
}
