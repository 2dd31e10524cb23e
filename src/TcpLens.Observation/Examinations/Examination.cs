namespace TcpLens.Observation;

/// <summary>
/// All that a diagnosis is made from: one network namespace at two moments, with the settings, processes and interfaces around it.
/// It may come from a live machine or from a file, and nobody who reasons on it can tell which.
/// </summary>
public sealed record Examination
{
    public required string HostName { get; init; }

    public required NetworkNamespace Namespace { get; init; }

    /// <summary>The first sample. On a machine with many sockets it has no tcp_info; see <see cref="SocketRecord.Vitals"/>.</summary>
    public required Sample Before { get; init; }

    /// <summary>The second sample, with all that could be learned of each socket.</summary>
    public required Sample Now { get; init; }

    /// <summary>Between the samples, by a clock that cannot jump.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Counters between the samples, for pictures; empty when nobody looked in between.</summary>
    public IReadOnlyList<CounterMoment> Moments { get; init; } = [];

    public required HostSettings Settings { get; init; }

    /// <summary>Every process that holds a TCP socket of the namespace, as far as processes may be seen.</summary>
    public IReadOnlyList<ProcessFacts> Processes { get; init; } = [];

    /// <summary>The interfaces of the namespace.</summary>
    public IReadOnlyList<InterfaceFacts> Interfaces { get; init; } = [];

    /// <summary>Where sysctls of TCP and the network are set at boot; empty in a namespace that boots nothing.</summary>
    public IReadOnlyList<SettingSource> SettingSources { get; init; } = [];

    /// <summary>Memory of the cgroups that hold sockets here and have a limit.</summary>
    public IReadOnlyList<CgroupMemory> Cgroups { get; init; } = [];

    /// <summary>What could not be seen, and why.</summary>
    public IReadOnlyList<BlindSpot> BlindSpots { get; init; } = [];

    /// <summary>How the facts were come by, a line each.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];
}
