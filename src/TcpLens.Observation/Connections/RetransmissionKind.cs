namespace TcpLens.Observation;

/// <summary>Why a sender sent again, as far as its segments and their times tell (docs/retransmissions.md).</summary>
public enum RetransmissionKind : byte
{
    None,

    /// <summary>The retransmission timer expired (RFC 6298).</summary>
    Timeout,

    /// <summary>It expired for octets that had been sent again already, so that it is backed off (RFC 6298 §5.5).</summary>
    BackedOffTimeout,

    /// <summary>The third duplicate ACK (RFC 5681 §3.2).</summary>
    Fast,

    /// <summary>A hole that SACK blocks show (RFC 6675).</summary>
    SackRecovery,

    /// <summary>SACK blocks were enough before a third duplicate ACK came: forward acknowledgment, RACK (RFC 8985).</summary>
    ForwardAck,

    /// <summary>Sent in a recovery that another retransmission began.</summary>
    Recovery,

    /// <summary>Fewer than three segments were out, and as many duplicate ACKs came as can (RFC 5827).</summary>
    Early,

    /// <summary>The last segment again, earlier than any timeout: a tail loss probe (RFC 8985 §7).</summary>
    TailLossProbe,

    /// <summary>A SYN, a SYN-ACK or a FIN alone.</summary>
    Control,

    /// <summary>Neither its time nor what came before it tells.</summary>
    Unknown,
}
