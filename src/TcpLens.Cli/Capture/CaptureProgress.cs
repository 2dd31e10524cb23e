using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>How far a capture has come, as its thread tells the others.</summary>
/// <param name="Packets">Packets taken from the kernel.</param>
/// <param name="Octets">Their octets on the wire.</param>
/// <param name="Counts">What the kernel counted.</param>
/// <param name="OctetsWritten">Octets of all files.</param>
/// <param name="Path">The file that is written; null while there is none.</param>
internal sealed record CaptureProgress(long Packets, long Octets, CaptureCounts Counts, long OctetsWritten, string? Path)
{
    public CaptureProgress(long packets, long octets, CaptureCounts counts, IPacketStore? store)
        : this(packets, octets, counts, store?.OctetsWritten ?? 0, store?.CurrentPath)
    {
    }
}
