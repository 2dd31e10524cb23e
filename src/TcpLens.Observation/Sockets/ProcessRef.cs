namespace TcpLens.Observation;

/// <summary>A process as the kernel names it. <see cref="Command"/> is its comm: at most 15 octets, chosen by the process itself.</summary>
public sealed record ProcessRef(int Pid, string Command)
{
    /// <summary>Path of the process's cgroup (v2 path, or the longest v1 path); null when unreadable.</summary>
    public string? Cgroup { get; init; }

    /// <summary>Inode of its network namespace; 0 when unreadable.</summary>
    public uint Namespace { get; init; }
}

/// <summary>One descriptor of one process that refers to a socket; a socket can have many.</summary>
public readonly record struct SocketHolder(ProcessRef Process, int Descriptor);
