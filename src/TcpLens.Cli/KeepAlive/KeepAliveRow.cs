using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A connection, and whether it would notice that its peer is gone.</summary>
internal sealed class KeepAliveRow(in SocketEntry entry, KeepAliveReading reading)
{
    public readonly SocketEntry Entry = entry;

    public KeepAliveReading Reading { get; } = reading;
}
