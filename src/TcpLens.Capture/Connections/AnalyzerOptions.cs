namespace TcpLens.Capture;

/// <summary>How connections are followed.</summary>
public sealed record AnalyzerOptions
{
    /// <summary>Connections followed at once; beyond it the one that was silent for longest is given up, and counted.</summary>
    public int MaxConnections { get; init; } = 500_000;

    /// <summary>How long a connection may be silent before a segment between the same ports is taken for a new one; null for ever.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>
    /// How long after its end a connection may be silent before a segment between the same ports is taken for one that belongs to none;
    /// null for ever.
    /// </summary>
    public TimeSpan? Linger { get; init; }

    internal bool HasPatience => Idle is not null || Linger is not null;

    /// <summary>True to drop segments with a bad checksum, as their receiver would have.</summary>
    public bool DropsBadChecksums { get; init; }
}
