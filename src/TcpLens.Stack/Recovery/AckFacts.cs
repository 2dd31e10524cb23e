using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Sequence numbers from one to the one before another.</summary>
internal readonly record struct SentRange(SeqNum Start, SeqNum End)
{
    public int Length => End - Start;
}

/// <summary>What an acceptable ACK said, as far as recovery cares.</summary>
internal readonly record struct AckFacts
{
    public SeqNum Acknowledgment { get; init; }

    /// <summary>SND.UNA before it.</summary>
    public SeqNum Unacknowledged { get; init; }

    public SackBlocks Sack { get; init; }

    /// <summary>No data, no SYN or FIN, and the window as it was (RFC 5681 §2).</summary>
    public bool IsBare { get; init; }

    /// <summary>ECE, on a connection that uses ECN.</summary>
    public bool ReportsCongestion { get; init; }

    /// <summary>By the timestamp that was echoed (RFC 7323 §4); null without.</summary>
    public TimeSpan? EchoedRtt { get; init; }

    /// <summary>When the echoed timestamp was made; null without. What was sent again after that was not needed (Eifel, RFC 3522).</summary>
    public Instant? EchoedSentAt { get; init; }
}
