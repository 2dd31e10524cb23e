using TcpLens.Cli.Rendering;

namespace TcpLens.Cli;

/// <summary>How lines of a trace look.</summary>
/// <param name="Output">Where they go.</param>
/// <param name="Style">What is there.</param>
/// <param name="Time">Writes the time of a record.</param>
internal sealed record TraceLook(Utf8Writer Output, TerminalStyle Style, TraceTime Time)
{
    /// <summary>Columns that few people need.</summary>
    public bool IsWide { get; init; }

    public bool HasHeader { get; init; } = true;

    /// <summary>Lines after which the header comes again: where people read along, it would be out of sight.</summary>
    public int? Rows { get; init; }
}

/// <summary>A column of a trace: fixed, since nobody knows what will come.</summary>
internal readonly record struct TraceColumn(string Title, int Width, bool IsRight = false);
