using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>How the owner of a record's socket was found.</summary>
internal enum OwnerFrom : byte
{
    Nobody,

    /// <summary>The kernel's events showed the process at work on this socket, now or earlier.</summary>
    Task,

    /// <summary>The process has the socket among its descriptors, or had when it was last looked.</summary>
    Descriptor,

    /// <summary>The process has the listener that the connection came to; it may have passed the connection on since.</summary>
    Listener,
}

/// <summary>The process that a record's socket belongs to.</summary>
internal readonly record struct TraceOwner(int Pid, TaskName Command, OwnerFrom From);
