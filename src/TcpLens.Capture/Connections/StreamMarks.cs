using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Marks that tell where a segment lies in the stream of its sender.</summary>
internal static class StreamMarks
{
    /// <summary>Beyond what was seen, or the one number below it that asks for a sign of life.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SegmentMarks OfPlace(in CapturedSegment segment, in SequenceState sender)
    {
        int ahead = segment.Sequence - sender.NextNumber;
        if (ahead == 0 || !sender.Has(SequenceFacts.Seen))
        {
            return SegmentMarks.None;
        }

        if (ahead > 0)
        {
            return segment.HasAny(ControlBits.Rst) ? SegmentMarks.None : SegmentMarks.GapBefore;
        }

        return ahead == -1 && segment.PayloadLength <= 1 && !segment.HasAny(ControlBits.Syn | ControlBits.Fin | ControlBits.Rst)
            ? SegmentMarks.KeepAlive
            : SegmentMarks.None;
    }

    /// <summary>Octets, a SYN or a FIN below what was seen: sent again or late, and useless where they were acknowledged before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SegmentMarks OfOldOctets(in CapturedSegment segment, SegmentMarks marks, in SequenceState sender, in SequenceState receiver)
    {
        uint length = segment.PayloadLength;
        if ((length == 0 && !segment.HasAny(ControlBits.Syn | ControlBits.Fin)) || marks.HasAny(SegmentMarks.KeepAlive))
        {
            return SegmentMarks.None;
        }

        if (length > 0 && receiver.Has(SequenceFacts.LastHadAck) && segment.Sequence + length - receiver.LastAck <= 0)
        {
            return SegmentMarks.Spurious | SequenceJudge.OldOctets;
        }

        // One number below, and more than it: what follows a probe of a closed window, whose octet comes again with new ones.
        int ahead = segment.Sequence - sender.NextNumber;
        bool isOld = ahead < 0 && sender.Has(SequenceFacts.Seen) && !(ahead == -1 && length > 1);
        return isOld ? SequenceJudge.OldOctets : SegmentMarks.None;
    }
}
