namespace TcpLens.Observation;

/// <summary>A process that holds TCP sockets: how it is, and how close it is to its limit of descriptors.</summary>
public sealed record ProcessFacts(ProcessRef Process)
{
    /// <summary>R running, S sleeping, D sleeping uninterruptibly, T stopped, t traced, Z zombie (proc_pid_stat(5)); '?' when unknown.</summary>
    public char State { get; init; } = '?';

    /// <summary>The kernel function its main thread sleeps in (/proc/PID/wchan); null when it runs or may not be seen.</summary>
    public string? WaitsIn { get; init; }

    /// <summary>The container it is in, by name; null when it is in none.</summary>
    public string? Container { get; init; }

    /// <summary>RLIMIT_NOFILE; null when unknown or unlimited.</summary>
    public long? DescriptorLimit { get; init; }

    public long? DescriptorHardLimit { get; init; }

    /// <summary>Open descriptors of all kinds; null when unknown.</summary>
    public long? Descriptors { get; init; }

    /// <summary>The same at the first sample.</summary>
    public long? DescriptorsBefore { get; init; }

    /// <summary>
    /// TCP sockets that are closed for good (reset, timed out) while a descriptor of the process still holds them. No socket table
    /// shows these. Null when the source cannot tell.
    /// </summary>
    public long? ClosedSockets { get; init; }

    /// <summary>The same at the first sample.</summary>
    public long? ClosedSocketsBefore { get; init; }

    /// <summary>True when its program's file was replaced or deleted after it was started, as after an upgrade.</summary>
    public bool? IsProgramReplaced { get; init; }

    /// <summary>How long it has been running; null when unknown.</summary>
    public TimeSpan? Age { get; init; }
}
