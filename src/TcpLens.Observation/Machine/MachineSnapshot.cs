namespace TcpLens.Observation;

/// <summary>A listening socket with what only listeners have.</summary>
/// <param name="Entry">Its queues are the accept queue's length and limit.</param>
/// <param name="Drops">Segments of handshakes this listener dropped since it was made; null when the source does not say.</param>
public readonly record struct Listener(SocketEntry Entry, uint? Drops)
{
    /// <summary>Filled share of the accept queue, 0 to just above 1: Linux lets it grow one beyond its limit.</summary>
    public double QueueShare => Entry.SendQueue == 0 ? (Entry.ReceiveQueue == 0 ? 0 : 1) : (double)Entry.ReceiveQueue / Entry.SendQueue;
}

/// <summary>The TCP of one network namespace of one machine at one instant, and what could not be seen of it.</summary>
public sealed record MachineSnapshot
{
    /// <summary>When it was taken, by the wall clock of the machine that took it.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    public required string HostName { get; init; }

    public required NetworkNamespace Namespace { get; init; }

    public required StateCounts V4 { get; init; }

    public required StateCounts V6 { get; init; }

    public StateCounts Total => V4 + V6;

    public IReadOnlyList<Listener> Listeners { get; init; } = [];

    public CounterSet Counters { get; init; } = CounterSet.Empty;

    /// <summary>Null when nothing could be read.</summary>
    public SocketStat? Sockets { get; init; }

    public required HostSettings Settings { get; init; }

    public IReadOnlyList<BlindSpot> BlindSpots { get; init; } = [];
}
