using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What a capture held, counted.</summary>
public sealed class CaptureTally
{
    public long Packets { get; internal set; }

    /// <summary>Octets of the packets as sent.</summary>
    public long Octets { get; internal set; }

    /// <summary>Octets of the packets that the capture kept.</summary>
    public long CapturedOctets { get; internal set; }

    /// <summary>Octets of the file read so far.</summary>
    public long FileOctets { get; internal set; }

    public long TcpSegments { get; internal set; }

    public long Damages { get; internal set; }

    /// <summary>Time of the first packet and the latest time of any; null while there is none.</summary>
    public Instant? First { get; internal set; }

    public Instant? Last { get; internal set; }
}
