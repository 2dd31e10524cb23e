using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>What somebody asked capture for.</summary>
internal sealed record CaptureChoice
{
    /// <summary>In tcpdump's language; empty for every packet.</summary>
    public string Filter { get; init; } = "";

    /// <summary>Null for the first that is there.</summary>
    public string? Interface { get; init; }

    /// <summary>Where packets are kept; null to keep none.</summary>
    public string? Output { get; init; }

    public Rotation? Rotation { get; init; }

    public int SnapLength { get; init; } = LiveCaptureOptions.WholePackets;

    public bool HeadersOnly { get; init; }

    /// <summary>Octets of the kernel's ring.</summary>
    public int BufferOctets { get; init; }

    public bool IsPromiscuous { get; init; }

    public TimeSpan? Duration { get; init; }

    /// <summary>Ends after so many packets.</summary>
    public long? Count { get; init; }

    /// <summary>A line for each segment.</summary>
    public bool Prints { get; init; }

    /// <summary>Whom to become; null for the usual one.</summary>
    public string? User { get; init; }

    /// <summary>Null to keep packets from the beginning.</summary>
    public TriggerChoice? Trigger { get; init; }

    public bool ToStandardOutput => Output == PacketFile.Standard;
}
