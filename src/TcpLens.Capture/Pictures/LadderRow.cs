namespace TcpLens.Capture;

internal enum LadderRowKind : byte
{
    Segment,

    /// <summary>Nobody sent anything for long.</summary>
    Silence,

    /// <summary>Segments that are not drawn.</summary>
    Elision,
}

/// <summary>One row of a ladder.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Index">Of the segment, or of the one after the silence or the elision.</param>
/// <param name="Count">Segments that are not drawn.</param>
/// <param name="Nanoseconds">How long the silence or the elision is.</param>
internal readonly record struct LadderRow(LadderRowKind Kind, int Index, long Count, long Nanoseconds);
