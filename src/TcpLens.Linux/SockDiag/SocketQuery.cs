using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>What to ask of sock_diag beyond the plain entry; each costs the kernel and us some time per socket.</summary>
[Flags]
public enum SocketDetails
{
    None = 0,

    /// <summary>struct tcp_info. The kernel takes the socket's lock for it, so the walk goes through a helper process.</summary>
    Info = 1,

    /// <summary>Memory and drops (SKMEMINFO).</summary>
    Memory = 2,

    /// <summary>Name of the congestion control.</summary>
    CongestionControl = 4,

    /// <summary>Type of service and traffic class.</summary>
    TypeOfService = 8,
}

/// <summary>Which sockets to walk, and what to tell of each.</summary>
public sealed record SocketQuery
{
    /// <summary>States to walk. The kernel's cost lies in filling and copying entries: as narrow as the question.</summary>
    public StateSet States { get; init; } = StateSet.All;

    public SocketDetails Details { get; init; }

    /// <summary>Which sockets are meant. <see cref="LiveMachine"/> lets the kernel do as much of it as it can; a bare walk ignores it.</summary>
    public SocketFilter Filter { get; init; } = SocketFilter.Everything;

    /// <summary>Compiled inet_diag filter (linux/inet_diag.h, INET_DIAG_REQ_BYTECODE); empty for none.</summary>
    public ReadOnlyMemory<byte> Bytecode { get; init; }

    public Transport Transport { get; init; } = Transport.Tcp;

    /// <summary>
    /// Also sockets that are bound but neither listen nor connect (Linux 6.8). They make the kernel walk the whole bind table
    /// as well, which doubles the cost of a narrow query, so they come only when asked for.
    /// </summary>
    public bool IncludeBound { get; init; }
}
