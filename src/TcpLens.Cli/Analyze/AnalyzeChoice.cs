using TcpLens.Capture;
using TcpLens.Observation;
using TcpLens.Observation.Filters;

namespace TcpLens.Cli;

/// <summary>What of a capture is shown.</summary>
internal enum AnalyzeView
{
    Overview,
    Findings,
    Connections,
    Connection,
    Bytes,
}

/// <summary>What was asked of a capture, checked.</summary>
internal sealed record AnalyzeChoice
{
    public required AnalyzeView View { get; init; }

    /// <summary>Paths; "-" is standard input.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>In tcpdump's language; null for every packet.</summary>
    public string? PacketFilter { get; init; }

    /// <summary>Null for every connection.</summary>
    public ConnectionFilter? Filter { get; init; }

    /// <summary>The connection of <see cref="AnalyzeView.Connection"/> and <see cref="AnalyzeView.Bytes"/>.</summary>
    public long Number { get; init; }

    public ConnectionField? Sort { get; init; }

    public bool SmallestFirst { get; init; }

    /// <summary>Rows to show; null: not said.</summary>
    public int? Top { get; init; }

    /// <summary>Segments or octets to show; null: not said.</summary>
    public long? Limit { get; init; }

    /// <summary>Numbers as they stand in the headers, octets as they were sent.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Whose octets; null for both.</summary>
    public ConnectionEnd? End { get; init; }

    public string? Output { get; init; }

    /// <summary>Where a page for a browser goes; null for none.</summary>
    public string? Report { get; init; }

    public bool IsCsv { get; init; }

    /// <summary>Go on as the file grows.</summary>
    public bool Grows { get; init; }

    public bool HasHeader { get; init; } = true;

    public ReaderOptions Reading { get; init; } = new();

    public AnalyzerOptions Analysis { get; init; } = new();
}
