using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>What is known of octets in flight; the flags are independent of each other, as Linux's TCPCB_ flags are.</summary>
[Flags]
internal enum SentFlags : byte
{
    None = 0,
    Sacked = 1,

    /// <summary>Taken for lost, whether or not they were sent again since.</summary>
    Lost = 2,

    /// <summary>Sent again, and that retransmission is thought to be in flight.</summary>
    Retransmitted = 4,

    /// <summary>Sent more than once: an ACK for them says nothing about the round trip (Karn).</summary>
    EverRetransmitted = 8,
}

/// <summary>
/// Octets that were sent together and have fared alike since: one segment, or all the segments of one burst until part of them fares differently.
/// </summary>
internal struct SentSegment
{
    public SeqNum Start;
    public SeqNum End;
    public SentFlags Flags;

    /// <summary>Last.</summary>
    public Instant SentAt;
    public Instant FirstSentAt;

    public readonly int Length => End - Start;

    public readonly bool Has(SentFlags flag) => (Flags & flag) != SentFlags.None;

    /// <summary>Taken for lost, and not sent again since.</summary>
    public readonly bool IsToBeSentAgain => (Flags & (SentFlags.Lost | SentFlags.Retransmitted)) == SentFlags.Lost;
}
