namespace TcpLens.Capture;

/// <summary>A segment, what was found out about it, and its place in its connection.</summary>
/// <param name="ordinal">From 1, in the order of the capture, both ends together.</param>
/// <param name="segment">Its payload is not kept.</param>
/// <param name="verdict">What was found out about it.</param>
public readonly struct JudgedSegment(long ordinal, in CapturedSegment segment, in SegmentVerdict verdict)
{
    public long Ordinal { get; } = ordinal;

    public CapturedSegment Segment { get; } = segment;

    public SegmentVerdict Verdict { get; } = verdict;
}
