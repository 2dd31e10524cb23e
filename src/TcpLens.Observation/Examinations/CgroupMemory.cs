namespace TcpLens.Observation;

/// <summary>Memory of one cgroup (v2 memory.stat, memory.max; v1 memory.kmem.tcp.*), with the part that sockets take.</summary>
/// <param name="Path">Its path, for example /system.slice/nginx.service.</param>
/// <param name="LimitBytes">Its own limit, or the limit on the socket part where v1 has one.</param>
/// <param name="SocketBytes">Socket memory charged to it.</param>
public sealed record CgroupMemory(string Path, long LimitBytes, long SocketBytes)
{
    /// <summary>The container, by name; null when it is none.</summary>
    public string? Container { get; init; }
}
