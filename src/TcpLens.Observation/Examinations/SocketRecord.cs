using System.Diagnostics.CodeAnalysis;

namespace TcpLens.Observation;

/// <summary>One socket in a <see cref="SocketTable"/>: its entry, and what else the sample knows of it.</summary>
public record struct SocketRecord
{
    private ProcessRef? _process;
    private readonly TcpVitals? _vitals;

    public required SocketEntry Entry { get; init; }

    /// <summary>Null when the sample did not ask, or for a mini-socket, which has none.</summary>
    public SocketMemory? Memory { get; init; }

    /// <summary>tcp_info; null when the sample did not ask, when the socket is locked, or for a listener or mini-socket.</summary>
    public TcpVitals? Vitals
    {
        readonly get => _vitals;
        init => _vitals = value;
    }

    public readonly bool HasVitals => _vitals.HasValue;

    /// <summary><see cref="Vitals"/> without a copy of its 300 octets, for passes over every socket; all zero when there are none.</summary>
    [UnscopedRef]
    public readonly ref readonly TcpVitals VitalsInPlace => ref Nullable.GetValueRefOrDefaultRef(in _vitals);

    /// <summary>Name of the congestion control; null when unknown.</summary>
    public string? CongestionControl { get; init; }

    /// <summary>A process that holds the socket, the first of them when there are several; null when none does or none may be seen.</summary>
    public ProcessRef? Process { readonly get => _process; init => _process = value; }

    /// <summary>False for a listener that took any port, which the kernel then chose; null when the source does not tell.</summary>
    public bool? IsPortNamed { get; init; }

    /// <summary>True when a task slept with the socket's lock, so that tcp_info could not be read in time.</summary>
    public bool IsLocked { get; init; }

    /// <summary>In place: a record is half a kilobyte, and a table has many.</summary>
    internal void HoldBy(ProcessRef process) => _process = process;
}
