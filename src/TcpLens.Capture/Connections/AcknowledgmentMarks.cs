using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Marks that acknowledgments tell.</summary>
internal static class AcknowledgmentMarks
{
    /// <summary>
    /// A segment with nothing new in it: the same numbers as before, no octets. What it is for depends on the window, and on what
    /// it answers.
    /// </summary>
    public static SegmentMarks OfRepeat(in CapturedSegment segment, ref SequenceState sender, in SequenceState receiver)
    {
        if (segment.PayloadLength != 0 || segment.Acknowledgment != sender.LastAck || segment.Sequence != sender.NextNumber
            || !sender.Has(SequenceFacts.Seen) || segment.HasAny(ControlBits.Syn | ControlBits.Fin | ControlBits.Rst))
        {
            return SegmentMarks.None;
        }

        if (segment.Window != sender.Window)
        {
            return segment.Window.Raw == 0 ? SegmentMarks.None : SegmentMarks.WindowUpdate;
        }

        if (segment.Window.Raw == 0)
        {
            return (receiver.Last & LastSegment.ZeroWindowProbe) != LastSegment.Ordinary ? SegmentMarks.ZeroWindowProbeAck : SegmentMarks.None;
        }

        if ((receiver.Last & LastSegment.KeepAlive) != LastSegment.Ordinary)
        {
            return SegmentMarks.KeepAliveAck;
        }

        sender.DuplicateAcks = Math.Max(sender.DuplicateAcks, 0) + 1;
        return SegmentMarks.DuplicateAck;
    }

    /// <summary>
    /// Acknowledges more than was seen. What is missing is told once: from then on the stream counts as unbroken up to where it was
    /// seen, and while even that is less than was acknowledged, only an end that moved on is told of again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SegmentMarks OfReach(in CapturedSegment segment, ref SequenceState sender, ref SequenceState receiver)
    {
        if (segment.Acknowledgment != sender.LastAck)
        {
            sender.DuplicateAcks = 0;
        }

        if (!segment.HasAny(ControlBits.Ack) || !receiver.Has(SequenceFacts.Seen) || !segment.Acknowledgment.IsAfter(receiver.Unbroken))
        {
            return SegmentMarks.None;
        }

        if (receiver.Unbroken.IsBefore(receiver.NextNumber))
        {
            receiver.Unbroken = receiver.NextNumber;
            return SegmentMarks.AckOfUnseen;
        }

        bool isNews = receiver.DuplicateAcks == 0;
        receiver.DuplicateAcks = -1;
        return isNews ? SegmentMarks.AckOfUnseen : SegmentMarks.None;
    }
}
