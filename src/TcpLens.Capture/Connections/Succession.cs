namespace TcpLens.Capture;

/// <summary>Decides whether a segment between known ports belongs to the connection that is there or begins the next one.</summary>
internal static class Succession
{
    /// <summary>True when the segment opens a new connection in the place of the present one.</summary>
    public static bool Succeeds(in CapturedSegment segment, ref ConnectionSlot present, AnalyzerOptions options) => false;

    /// <summary>True when the sender of the first segment of a connection is the responder.</summary>
    public static bool IsFromResponder(in CapturedSegment first) => false;
}
