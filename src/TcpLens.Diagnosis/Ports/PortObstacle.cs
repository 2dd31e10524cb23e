using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>Why a program may not get a port; in the order in which they are looked for.</summary>
public enum PortObstacleKind : byte
{
    /// <summary>A socket listens on the port.</summary>
    Listener,

    /// <summary>An outgoing connection of this machine has it as its local port, in whatever state.</summary>
    Outgoing,

    /// <summary>A connection that an earlier instance of a service accepted.</summary>
    Accepted,

    /// <summary>A socket is bound to it and does nothing (seen since Linux 6.8).</summary>
    Bound,

    /// <summary>The port is privileged (net.ipv4.ip_unprivileged_port_start).</summary>
    Privileged,

    /// <summary>A socket bound beside a listener: its own listen() would fail.</summary>
    SecondListen,

    /// <summary>Listeners with SO_REUSEPORT, which only sockets of the same user join.</summary>
    Group,
}

/// <summary>Whether SO_REUSEADDR on the new socket helps against an obstacle.</summary>
public enum ReuseAddressHelps : byte
{
    Never,

    /// <summary>Only when the socket in the way had it as well.</summary>
    IfBothHaveIt,

    /// <summary>It is not about addresses.</summary>
    NotAsked,
}

/// <summary>One reason why bind() or listen() to a port fails.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Call">The call that fails: "bind", "listen".</param>
/// <param name="Errno">And with what: EADDRINUSE, EACCES.</param>
/// <param name="Text">The reason, in one sentence.</param>
public sealed record PortObstacle(PortObstacleKind Kind, string Call, string Errno, string Text)
{
    /// <summary>Which new sockets it stops, by address.</summary>
    public required string Blocks { get; init; }

    public required ReuseAddressHelps ReuseAddress { get; init; }

    public required string Remedy { get; init; }

    /// <summary>Sockets that are this obstacle; 0 when it is a setting.</summary>
    public int Sockets { get; init; }

    /// <summary>One of them; null when it is a setting.</summary>
    public SocketEntry? Example { get; init; }

    /// <summary>Who holds it; null when nobody does, or nobody may be seen.</summary>
    public ProcessRef? Holder { get; init; }
}

/// <summary>What becomes of a program that wants a port.</summary>
public enum PortVerdict : byte
{
    /// <summary>Nothing is in the way.</summary>
    Free,

    /// <summary>bind() works with SO_REUSEADDR, or with a privilege.</summary>
    Conditional,

    /// <summary>bind() or listen() fails on some or all addresses.</summary>
    Taken,
}

/// <summary>Who and what is in the way of a program that wants to listen on a port.</summary>
public sealed record PortAnswer(ushort Port, PortVerdict Verdict, string Summary, IReadOnlyList<PortObstacle> Obstacles, IReadOnlyList<string> Notes);
