using TcpLens.Capture;
using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What a capture came to.</summary>
internal sealed record CaptureSummary
{
    public required string Interface { get; init; }

    public required LinkType LinkType { get; init; }

    public required string Filter { get; init; }

    public required int SnapLength { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Packets taken from the kernel.</summary>
    public required long Packets { get; init; }

    /// <summary>Their octets on the wire.</summary>
    public required long Octets { get; init; }

    public required CaptureCounts Counts { get; init; }

    /// <summary>Packets that were captured and that the analysis had no time for.</summary>
    public required long Unseen { get; init; }

    /// <summary>Connections given up to make room for others.</summary>
    public required long Evicted { get; init; }

    /// <summary>What each packet was.</summary>
    public required CaptureTally Tally { get; init; }

    /// <summary>Null when nothing was written.</summary>
    public IPacketStore? Store { get; init; }

    /// <summary>Triggers that fired; null where none was set.</summary>
    public IReadOnlyList<Firing>? Firings { get; init; }

    /// <summary>As whom it ran; null as whoever started it.</summary>
    public string? User { get; init; }
}
