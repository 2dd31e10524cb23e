namespace TcpLens.Observation;

/// <summary>
/// What is known about a socket beyond its entry. A live machine answers from the kernel and /proc, a saved snapshot from its
/// file; whoever filters, groups or shows sockets asks here and cannot tell the difference.
/// </summary>
public interface ISocketContext
{
    /// <summary>The details of the entry last read, or null when none were asked for.</summary>
    SocketDetail? DetailOf(in SocketEntry entry);

    /// <summary>Every process that holds the socket; empty when none does or none may be seen.</summary>
    ReadOnlySpan<SocketHolder> HoldersOf(in SocketEntry entry);

    /// <summary>Path of the socket's cgroup, for example /system.slice/nginx.service; null when unknown.</summary>
    string? CgroupOf(in SocketEntry entry);

    /// <summary>Name of the container the socket lives in; null when it is in none or it is unknown.</summary>
    string? ContainerOf(in SocketEntry entry);

    /// <summary>Name of a network namespace by its inode; null when it is unknown.</summary>
    string? NamespaceName(uint inode);

    /// <summary>Name of a user; null when the user database has none.</summary>
    string? UserName(uint userId);

    /// <summary>Name of an interface; null when there is no such index.</summary>
    string? InterfaceName(uint index);

    /// <summary>Time since the connection was first seen, where the source remembers; null otherwise.</summary>
    TimeSpan? AgeOf(in SocketEntry entry);
}
