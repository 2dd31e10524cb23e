namespace TcpLens.Observation;

/// <summary>What moves, at one instant: counters and sockets of one network namespace.</summary>
public sealed record Sample
{
    /// <summary>By the wall clock of the machine that took it.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    public required CounterSet Counters { get; init; }

    public required SocketTable Sockets { get; init; }

    /// <summary>Null when nothing could be read.</summary>
    public SocketStat? Stat { get; init; }
}
