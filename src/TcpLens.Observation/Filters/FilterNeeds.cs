namespace TcpLens.Observation.Filters;

/// <summary>What a filter asks of a socket beyond its entry, so that nobody fetches what no term looks at.</summary>
[Flags]
public enum FilterNeeds
{
    None = 0,

    /// <summary><see cref="SocketDetail.Info"/>.</summary>
    TcpInfo = 1,

    /// <summary><see cref="SocketDetail.Memory"/>.</summary>
    Memory = 2,

    /// <summary><see cref="SocketDetail.CongestionControl"/>.</summary>
    CongestionControl = 4,

    /// <summary><see cref="ISocketContext.HoldersOf"/>.</summary>
    Owners = 8,

    /// <summary><see cref="ISocketContext.CgroupOf"/> (the identifier alone is part of the entry).</summary>
    CgroupPath = 16,

    /// <summary><see cref="ISocketContext.ContainerOf"/>.</summary>
    Container = 32,

    /// <summary><see cref="SocketEntry.Namespace"/> and <see cref="ISocketContext.NamespaceName"/>.</summary>
    NetworkNamespace = 64,

    /// <summary><see cref="ISocketContext.AgeOf"/>, where the source remembers.</summary>
    Age = 128,

    /// <summary><see cref="SocketEntry.Mark"/>, which Linux tells to CAP_NET_ADMIN only.</summary>
    Mark = 256,
}
