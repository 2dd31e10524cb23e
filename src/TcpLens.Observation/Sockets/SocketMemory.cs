namespace TcpLens.Observation;

/// <summary>A socket's memory and its drop counter (linux/sock_diag.h, SK_MEMINFO_*). Octets unless said otherwise.</summary>
public readonly record struct SocketMemory
{
    public uint ReceiveAllocated { get; init; }

    public uint ReceiveBuffer { get; init; }

    public uint SendAllocated { get; init; }

    public uint SendBuffer { get; init; }

    public uint ForwardAllocated { get; init; }

    public uint SendQueued { get; init; }

    public uint OptionMemory { get; init; }

    /// <summary>Octets that arrived while the owner was inside a system call on this socket.</summary>
    public uint Backlog { get; init; }

    /// <summary>Segments dropped on this socket; on a listener, SYNs and last ACKs of handshakes, repeated ones too (its own ListenDrops).</summary>
    public uint Drops { get; init; }
}
