using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>What a host keeps for an entry.</summary>
public enum HostEntryKind : byte
{
    Listener,

    /// <summary>A handshake that the peer has not finished.</summary>
    HalfOpen,

    /// <summary>A connection that waits to be accepted.</summary>
    Unaccepted,

    /// <summary>A connection that a program holds.</summary>
    Held,

    /// <summary>A connection that its program let go.</summary>
    Orphan,

    /// <summary>A record: TIME-WAIT, and nobody holds it.</summary>
    TimeWait,
}

/// <summary>Which timer runs, as Linux tells it: the one of retransmission hides the others (linux/inet_diag.h).</summary>
public enum HostTimer : byte
{
    Off,

    /// <summary>Retransmission, loss probe or reordering.</summary>
    Retransmit,

    /// <summary>Keep-alive, or the end of an orphan's FIN-WAIT-2.</summary>
    KeepAlive,
    TimeWait,
    WindowProbe,
}

/// <summary>One line of a listing (<see cref="TcpHost.Walk"/>): a value.</summary>
public readonly record struct HostEntry
{
    public HostEntryKind Kind { get; init; }

    public TcpState State { get; init; }

    public Endpoint Local { get; init; }

    /// <summary>Of a listener nothing.</summary>
    public Endpoint Remote { get; init; }

    /// <summary>Of a listener the connections that wait; else octets to be read, and one for a FIN behind them.</summary>
    public int ReceiveQueue { get; init; }

    /// <summary>Of a listener its backlog; else octets not acknowledged, a SYN or FIN counted as one.</summary>
    public int SendQueue { get; init; }

    public HostTimer Timer { get; init; }

    /// <summary>When <see cref="Timer"/> is over; Never when none runs.</summary>
    public Instant TimerAt { get; init; }

    /// <summary>Retransmissions or probes in a row that it stands for.</summary>
    public int TimerRetries { get; init; }

    /// <summary>Null for what is none.</summary>
    public HostConnection? Connection { get; init; }

    /// <inheritdoc cref="Connection"/>
    public HostListener? Listener { get; init; }
}
