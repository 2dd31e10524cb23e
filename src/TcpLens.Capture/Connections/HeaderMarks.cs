using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Marks that a segment's own header tells, with little of what came before.</summary>
internal static class HeaderMarks
{
    /// <summary>The payload of a full Ethernet frame without options: what fits where nobody announced an MSS.</summary>
    private const uint EthernetSegment = 1460;

    private const ControlBits Rare = ControlBits.Syn | ControlBits.Urg | ControlBits.Ece | ControlBits.Cwr | ControlBits.Ae;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SegmentMarks Of(in CapturedSegment segment, in SequenceState sender, in SequenceState receiver)
    {
        SegmentMarks marks = OfSize(in segment, in receiver);
        ControlBits bits = segment.Bits;
        if ((bits & Rare) != ControlBits.None)
        {
            marks |= OfRareBits(in segment, in sender);
        }

        if ((bits & ~(ControlBits.Psh | ControlBits.Congestion)) != ControlBits.Ack && bits.Fault != ControlBitsFault.None)
        {
            marks |= SegmentMarks.IllegalBits;
        }

        if (segment.SackCount > 0)
        {
            marks |= OfSacks(in segment);
        }

        return segment.Ecn == 3 ? marks | SegmentMarks.CongestionExperienced : marks;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SegmentMarks OfSize(in CapturedSegment segment, in SequenceState receiver)
    {
        uint limit = receiver.Has(SequenceFacts.AnnouncedMss) ? receiver.MaximumSegmentSize : EthernetSegment;
        SegmentMarks marks = segment.PayloadLength > limit ? SegmentMarks.Oversized : SegmentMarks.None;
        return segment.IsTruncated ? marks | SegmentMarks.Truncated : marks;
    }

    private static SegmentMarks OfRareBits(in CapturedSegment segment, in SequenceState sender)
    {
        ControlBits bits = segment.Bits;
        SegmentMarks marks = bits.Has(ControlBits.Urg) ? SegmentMarks.Urgent : SegmentMarks.None;
        if (bits.Has(ControlBits.Syn))
        {
            return segment.PayloadLength > 0 ? marks | SegmentMarks.DataOnSyn : marks;
        }

        if (sender.Has(SequenceFacts.AccurateEcn))
        {
            return marks;
        }

        marks |= bits.Has(ControlBits.Ece) ? SegmentMarks.CongestionEcho : SegmentMarks.None;
        return bits.Has(ControlBits.Cwr) ? marks | SegmentMarks.CongestionWindowReduced : marks;
    }

    /// <summary>RFC 2883 §4: a first block at or below the acknowledgment, or inside the second block, reports octets received twice.</summary>
    private static SegmentMarks OfSacks(in CapturedSegment segment)
    {
        SackBlock first = segment.Sacks[0];
        bool isBelow = !first.Right.IsAfter(segment.Acknowledgment);
        bool isWithin = segment.SackCount > 1 && !first.Left.IsBefore(segment.Sacks[1].Left) && !first.Right.IsAfter(segment.Sacks[1].Right);
        return isBelow || isWithin ? SegmentMarks.SelectiveAck | SegmentMarks.DuplicateSack : SegmentMarks.SelectiveAck;
    }
}
