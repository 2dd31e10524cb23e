using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>What to trace.</summary>
[Flags]
public enum TraceTopics
{
    None = 0,
    StateChanges = 1 << 0,

    /// <summary>One record for each connection, when it ends.</summary>
    Lives = 1 << 1,

    /// <summary>Changes out of SYN_SENT only: how long connect() took, or why it failed.</summary>
    Connects = 1 << 2,
    Accepts = 1 << 3,
    Retransmissions = 1 << 4,
    SynAckRetransmissions = 1 << 5,
    Resets = 1 << 6,
    Drops = 1 << 7,
    Errors = 1 << 8,
    Losses = 1 << 9,
    BadChecksums = 1 << 10,

    AllEvents = Connects | Accepts | Retransmissions | SynAckRetransmissions | Resets | Drops | Errors | Losses | BadChecksums,
}

/// <summary>A wish to see events. A source may send more than was wished for, since not every one can choose; it never sends less.</summary>
public sealed record TraceRequest
{
    public required TraceTopics Topics { get; init; }

    /// <summary>State changes out of one of these.</summary>
    public StateSet From { get; init; } = StateSet.All;

    /// <summary>State changes into one of these.</summary>
    public StateSet To { get; init; } = StateSet.All;

    public SocketFilter Filter { get; init; } = SocketFilter.Everything;

    /// <summary>Inodes of the network namespaces that matter; empty for all.</summary>
    public IReadOnlyList<uint> Namespaces { get; init; } = [];

    /// <summary>Octets of the ring between kernel and reader; a power of two.</summary>
    public int RingLength { get; init; } = 8 << 20;
}
