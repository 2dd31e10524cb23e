using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// RSTs that their receiver must not obey (RFC 9293 §3.10.7, RFC 5961 §3.2), and the ACKs that challenge their senders. What the
/// receiver expects next is known here only within limits: at least what it acknowledged, at most what was sent to it.
/// </summary>
internal static class ResetMarks
{
    /// <summary>Of a RST or a SYN; <paramref name="last"/> learns when its receiver has to answer it with a challenge.</summary>
    public static SegmentMarks Of(in CapturedSegment segment, in SequenceState sender, in SequenceState receiver, ref LastSegment last)
    {
        if (segment.HasAny(ControlBits.Rst))
        {
            if (IsAcceptable(in segment, in sender, in receiver))
            {
                return SegmentMarks.None;
            }

            last |= LastSegment.Unacceptable;
            return SegmentMarks.InvalidReset;
        }

        if (receiver.Has(SequenceFacts.HasAcknowledged) && segment.Sequence != sender.Origin)
        {
            last |= LastSegment.Unacceptable;
        }

        return SegmentMarks.None;
    }

    /// <summary>An ACK that tells where its sender is, in answer to a segment that cannot be true, or to a SYN that it did not expect.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsChallenge(in CapturedSegment segment, in SequenceState sender, in SequenceState receiver)
    {
        if (segment.PayloadLength != 0
            || (segment.Bits & (ControlBits.Ack | ControlBits.Syn | ControlBits.Fin | ControlBits.Rst)) != ControlBits.Ack)
        {
            return false;
        }

        bool answersSyn = !sender.Has(SequenceFacts.Seen) && receiver.Has(SequenceFacts.Syn) && !receiver.Has(SequenceFacts.HasAcknowledged);
        return answersSyn
            ? segment.Acknowledgment != receiver.NextNumber
            : (receiver.Last & LastSegment.Unacceptable) != LastSegment.Ordinary && segment.Acknowledgment == sender.LastAck;
    }

    private static bool IsAcceptable(in CapturedSegment reset, in SequenceState sender, in SequenceState receiver)
    {
        if (!receiver.Has(SequenceFacts.HasAcknowledged))
        {
            // In SYN-SENT the acknowledgment decides, not the sequence number.
            bool isInSynSent = receiver.Has(SequenceFacts.Syn) && !sender.Has(SequenceFacts.Syn);
            return !isInSynSent || (reset.HasAny(ControlBits.Ack) && IsOfSyn(reset.Acknowledgment, in receiver));
        }

        SeqNum acknowledged = receiver.HighestAck;
        int offset = reset.Sequence - acknowledged;
        int known = sender.Has(SequenceFacts.Seen) ? sender.NextNumber - acknowledged : 0;

        // An end that has been acknowledged its FIN may still say the number of the FIN.
        return (offset >= 0 && offset <= Math.Max(known, 0)) || (offset == -1 && sender.Has(SequenceFacts.Fin));
    }

    private static bool IsOfSyn(SeqNum acknowledgment, in SequenceState receiver)
        => acknowledgment.IsAfter(receiver.Origin) && !acknowledgment.IsAfter(receiver.NextNumber);
}
