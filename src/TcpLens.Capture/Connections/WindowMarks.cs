using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Marks that windows tell.</summary>
internal static class WindowMarks
{
    /// <summary>The next octet, alone, though the other end has closed its window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZeroWindowProbe(in CapturedSegment segment, in SequenceState sender, in SequenceState receiver)
        => segment.PayloadLength == 1 && receiver.Window.Raw == 0 && segment.Sequence == sender.NextNumber
            && receiver.Has(SequenceFacts.Seen) && sender.Has(SequenceFacts.Seen);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SegmentMarks Of(in CapturedSegment segment, in SequenceState receiver)
    {
        if (segment.HasAny(ControlBits.Syn | ControlBits.Fin | ControlBits.Rst))
        {
            return SegmentMarks.None;
        }

        SegmentMarks marks = segment.Window.Raw == 0 ? SegmentMarks.ZeroWindow : SegmentMarks.None;
        return segment.PayloadLength > 0 && Fills(in segment, in receiver) ? marks | SegmentMarks.WindowFull : marks;
    }

    /// <summary>True when the segment ends exactly where the last offer of the other end does. A window of unknown scale has no end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fills(in CapturedSegment segment, in SequenceState receiver)
    {
        if (!receiver.Has(SequenceFacts.ScaleKnown))
        {
            return false;
        }

        int shift = receiver.Has(SequenceFacts.WindowIsOfSyn) ? 0 : receiver.Shift;
        return segment.Sequence + segment.PayloadLength == receiver.LastAck + ((uint)receiver.Window.Raw << shift);
    }
}
