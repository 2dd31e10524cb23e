using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Who wants to know what the analysis finds.</summary>
public interface IConnectionSink
{
    /// <summary>True when <see cref="Saw"/> is to be called for the segments of this connection; asked once, at its first segment.</summary>
    bool Wants(long connection);

    /// <summary>One segment of a connection that is wanted, with what was found out about it.</summary>
    void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict);

    /// <summary>A connection has ended, was given up, or the capture is over. Called once for each, in the order of their ends.</summary>
    void Ended(ConnectionRecord record);
}

/// <summary>What was found out about one segment.</summary>
public readonly struct SegmentVerdict
{
    public long Connection { get; init; }

    /// <summary>The end that sent it.</summary>
    public ConnectionEnd Sender { get; init; }

    public SegmentMarks Marks { get; init; }

    public RetransmissionKind Retransmission { get; init; }

    /// <summary>The states of both ends after it.</summary>
    public EndState OriginatorState { get; init; }

    public EndState ResponderState { get; init; }

    /// <summary>64-bit position in the sender's stream; 0 is its SYN, 1 its first octet (where the SYN was not seen, 1 is the first octet seen).</summary>
    public long RelativeSequence { get; init; }

    /// <summary>The same of what it acknowledges in the other end's stream; meaningless without ACK.</summary>
    public long RelativeAcknowledgment { get; init; }

    /// <summary>Octets of its sender under way after it.</summary>
    public uint InFlight { get; init; }

    /// <summary>The window it offers in octets; the raw field where the scale is not known.</summary>
    public uint Window { get; init; }

    /// <summary>The round-trip time that it completed, in nanoseconds; 0 for none.</summary>
    public long RttNanoseconds { get; init; }

    /// <summary>Which duplicate ACK in a row it is; 0 when it is none.</summary>
    public int DuplicateAckNumber { get; init; }
}
