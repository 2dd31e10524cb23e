namespace TcpLens.Protocol;

/// <summary>Where the packets of a file come from, as its head says.</summary>
public sealed record CaptureSource
{
    /// <summary>Name of the interface, "any" for all of them.</summary>
    public required string Interface { get; init; }

    /// <summary>How its packets begin.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>Octets of a packet that are kept at most.</summary>
    public required int SnapLength { get; init; }

    /// <summary>In tcpdump's language; empty for every packet.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The system that captured: "Linux 6.18.5".</summary>
    public string? System { get; init; }

    /// <summary>The program that wrote.</summary>
    public string? Application { get; init; }
}

/// <summary>What was counted while a file was written; times in nanoseconds since the Unix epoch.</summary>
/// <param name="StartNanoseconds">When the capture began.</param>
/// <param name="EndNanoseconds">When it was counted.</param>
/// <param name="Received">Packets that the filter took, those dropped by the kernel among them.</param>
/// <param name="DroppedByKernel">Packets that the filter took and for which the kernel had no room.</param>
/// <param name="DroppedByInterface">Packets that the interface lost.</param>
/// <param name="Delivered">Packets that were written.</param>
public readonly record struct CaptureStatistics(
    long StartNanoseconds, long EndNanoseconds, long Received, long DroppedByKernel, long DroppedByInterface, long Delivered);
