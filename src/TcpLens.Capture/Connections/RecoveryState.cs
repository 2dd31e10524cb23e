using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>How an end is making up for a loss.</summary>
internal enum RecoveryPhase : byte
{
    None,

    /// <summary>Begun by its timer.</summary>
    Timeout,

    /// <summary>Begun by duplicate ACKs or SACK blocks.</summary>
    Fast,

    /// <summary>Begun by something this capture does not show.</summary>
    Unexplained,
}

/// <summary>What is remembered of an end once something is missing: what the other end asked for, and what this one sent again.</summary>
internal struct RecoveryState
{
    /// <summary>The first, second and third ACK in a row that repeated <see cref="LossState.Acknowledged"/>, and the last of them, in nanoseconds since the epoch.</summary>
    public long FirstDuplicate;
    public long SecondDuplicate;
    public long ThirdDuplicate;
    public long LastDuplicate;

    /// <summary>Since when SACK blocks have lain more than three segments ahead of the acknowledgment; 0 while they do not.</summary>
    public long FarAhead;
    public long LastFarAhead;
    public uint FarAheadCount;

    /// <summary>When the gap below <see cref="GapEnd"/> was first seen; 0 while there is none.</summary>
    public long GapSeen;

    /// <summary>The round trip at that time, in nanoseconds; 0 when unknown.</summary>
    public float GapRoundTrip;
    public SeqNum GapEnd;

    /// <summary>Octets in the SACK blocks of the last ACK that had some.</summary>
    public uint SackedOctets;

    /// <summary>What had been sent when the recovery began: with its acknowledgment it is over (RFC 6582 §3.2).</summary>
    public SeqNum Point;

    /// <summary>Where the last retransmission began.</summary>
    public SeqNum LastResent;
    public uint Duplicates;
    public RecoveryPhase Phase;

    /// <summary>True when the last retransmission was a timeout's.</summary>
    public bool LastWasTimeout;

    /// <summary>True while nothing new was sent since the last retransmission.</summary>
    public bool IsResending;
}
