using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Follows both ends through the transition table, by what each must have been in when it sent what was seen.</summary>
internal static class StateFollower
{
    public static SegmentMarks Follow(in CapturedSegment segment, ConnectionEnd sender, SegmentMarks marks, ref ConnectionSlot connection)
        => marks;

    public static EndState StateOf(in ConnectionTrack track, ConnectionEnd end) => default;

    /// <summary>True when both ends are done with each other: closed, in TIME-WAIT, or reset.</summary>
    public static bool HasEnded(in ConnectionTrack track) => false;
}
