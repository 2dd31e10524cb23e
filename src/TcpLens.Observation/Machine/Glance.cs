using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>Connections that share a name: of a process, a remote address, a listener.</summary>
/// <param name="Name">What they share, as it is to be shown.</param>
/// <param name="Counts">How many, by state.</param>
public sealed record NamedCount(string Name, StateCounts Counts)
{
    /// <summary>Which process it is, where the name is a process's; 0 otherwise.</summary>
    public int Pid { get; init; }

    public long Total => Counts.Total;
}

/// <summary>A listener at two moments: its queue, and the segments of handshakes it dropped in between.</summary>
public sealed record ListenerPressure(Listener Now, string Owner)
{
    /// <summary>Increase of its own drop counter between the samples; null when either is unknown.</summary>
    public long? DroppedMeanwhile { get; init; }

    /// <summary>Finished handshakes that wait for accept(), found in the walk (ESTABLISHED or CLOSE_WAIT without an inode).</summary>
    public int Unaccepted { get; init; }
}

/// <summary>One machine's TCP at a glance: a snapshot, a second sample of what moves, and the largest of everything.</summary>
public sealed record Glance
{
    public required MachineSnapshot Snapshot { get; init; }

    /// <summary>Between the two samples.</summary>
    public required CounterDifference Moved { get; init; }

    public IReadOnlyList<ListenerPressure> Listeners { get; init; } = [];

    /// <summary>Largest first.</summary>
    public IReadOnlyList<NamedCount> Processes { get; init; } = [];

    /// <summary>Largest first.</summary>
    public IReadOnlyList<NamedCount> Remotes { get; init; } = [];

    /// <summary>Busiest first.</summary>
    public IReadOnlyList<PortUse> Ports { get; init; } = [];

    /// <summary>Ports that connect() may choose from; 0 when unknown.</summary>
    public int UsablePorts { get; init; }

    /// <summary>Finished handshakes no process accepted.</summary>
    public long Unaccepted { get; init; }

    /// <summary>How the sockets, their owners and the counters were come by, a line each.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    public long this[TcpState state] => Snapshot.V4[state] + Snapshot.V6[state];
}
