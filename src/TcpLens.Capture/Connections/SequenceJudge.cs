using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Judges one segment by sequence numbers, acknowledgments and windows.</summary>
internal static class SequenceJudge
{
    public static SegmentMarks Judge(in CapturedSegment segment, ref SequenceState sender, ref SequenceState receiver, ref ConnectionTrack track)
        => SegmentMarks.None;
}
