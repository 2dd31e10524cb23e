using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Where packets of a capture were taken: an interface of a pcapng section, or all there is of another format.</summary>
public sealed class CaptureInterface
{
    /// <summary>As the capturing machine calls it; empty where the file does not say.</summary>
    public string Name { get; internal set; } = "";

    public string Description { get; internal set; } = "";

    /// <summary>The filter that was used; empty where the file does not say.</summary>
    public string Filter { get; internal set; } = "";

    public LinkType LinkType { get; internal init; }

    /// <summary>Octets kept of a packet at most; 0 says no limit.</summary>
    public uint SnapLength { get; internal init; }

    /// <summary>How fine its times are: 10^6, 10^9, or what the file says.</summary>
    public double TicksPerSecond { get; internal set; }

    /// <summary>Packets that the capture itself lost there, by its own account; 0 too where it gives none.</summary>
    public long Dropped => Math.Max(DroppedInAll, DroppedBetween);

    /// <summary>Packets that came there, by the capture's own account; null without one.</summary>
    public long? Received { get; internal set; }

    /// <summary>By its statistics, which run from the start.</summary>
    internal long DroppedInAll { get; set; }

    /// <summary>By what its packets say of the time since the packet before them.</summary>
    internal long DroppedBetween { get; set; }
}
