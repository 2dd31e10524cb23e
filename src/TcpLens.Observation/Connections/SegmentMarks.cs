namespace TcpLens.Observation;

/// <summary>
/// What is worth saying about one segment, given all that was seen of its connection before it. A segment can have several marks.
/// docs/marks.md defines each and says where it differs from Wireshark's mark of the same name.
/// </summary>
[Flags]
public enum SegmentMarks : ulong
{
    None = 0,

    /// <summary>Carries octets, a SYN or a FIN that its sender sent before.</summary>
    Retransmission = 1UL << 0,

    /// <summary>A retransmission of what the receiver had already acknowledged, as far as this capture saw.</summary>
    Spurious = 1UL << 1,

    /// <summary>New octets below the highest seen: overtaken on its way, or captured out of order.</summary>
    OutOfOrder = 1UL << 2,

    /// <summary>Octets before this segment were not captured: lost on the way here, or by the capture.</summary>
    GapBefore = 1UL << 3,

    /// <summary>Acknowledges octets that were not captured.</summary>
    AckOfUnseen = 1UL << 4,

    /// <summary>Repeats the last acknowledgment with nothing new (RFC 5681 §2).</summary>
    DuplicateAck = 1UL << 5,

    /// <summary>Carries SACK blocks (RFC 2018).</summary>
    SelectiveAck = 1UL << 6,

    /// <summary>Its first SACK block reports octets received twice (RFC 2883).</summary>
    DuplicateSack = 1UL << 7,

    /// <summary>Offers a window of 0.</summary>
    ZeroWindow = 1UL << 8,

    /// <summary>Fills the window that the other end last offered.</summary>
    WindowFull = 1UL << 9,

    /// <summary>Only opens or moves the window.</summary>
    WindowUpdate = 1UL << 10,

    /// <summary>Asks across a closed window with one octet (RFC 9293 §3.8.6.1).</summary>
    ZeroWindowProbe = 1UL << 11,

    ZeroWindowProbeAck = 1UL << 12,

    /// <summary>Asks for a sign of life: at most one octet, just below the next to send (RFC 9293 §3.8.4).</summary>
    KeepAlive = 1UL << 13,

    KeepAliveAck = 1UL << 14,

    /// <summary>A SYN that opens a new connection between ports of an earlier one.</summary>
    PortReuse = 1UL << 15,

    /// <summary>A SYN that was accepted while the earlier connection was in TIME-WAIT (RFC 6191).</summary>
    Reincarnation = 1UL << 16,

    /// <summary>The checksum is wrong, and nothing says that the sender's interface was to fill it in.</summary>
    BadChecksum = 1UL << 17,

    /// <summary>The checksum is one that the sender's interface had yet to fill in.</summary>
    OffloadedChecksum = 1UL << 18,

    /// <summary>Control bits that no TCP sends together.</summary>
    IllegalBits = 1UL << 19,

    /// <summary>A RST that its receiver must not obey (RFC 5961 §3, RFC 9293 §3.10.7.4).</summary>
    InvalidReset = 1UL << 20,

    /// <summary>Answers an unacceptable RST or SYN (RFC 5961 §3.2, §4.2).</summary>
    ChallengeAck = 1UL << 21,

    /// <summary>A router marked the packet: congestion experienced (RFC 3168 §5).</summary>
    CongestionExperienced = 1UL << 22,

    /// <summary>ECE outside of a handshake: the receiver met a mark (RFC 3168 §6.1.3).</summary>
    CongestionEcho = 1UL << 23,

    /// <summary>CWR outside of a handshake: the sender has slowed down (RFC 3168 §6.1.2).</summary>
    CongestionWindowReduced = 1UL << 24,

    Urgent = 1UL << 25,

    /// <summary>Larger than any packet on the wire: segmentation or reassembly in an interface (TSO, GRO).</summary>
    Oversized = 1UL << 26,

    /// <summary>The capture kept only a part of the packet.</summary>
    Truncated = 1UL << 27,

    /// <summary>Its time is before that of the segment before it.</summary>
    TimeBackwards = 1UL << 28,

    /// <summary>Data on a SYN (RFC 7413, or RFC 9293 §3.4).</summary>
    DataOnSyn = 1UL << 29,

    /// <summary>Came when both ends were CLOSED already.</summary>
    AfterClose = 1UL << 30,

    /// <summary>New data sent on a first or second duplicate ACK (RFC 3042).</summary>
    LimitedTransmit = 1UL << 31,

    /// <summary>A RST that ended a TIME-WAIT before its time (RFC 1337).</summary>
    TimeWaitAssassination = 1UL << 32,

    /// <summary>A retransmission whose first copy did not come past here: lost on its way from the sender, or by the capture.</summary>
    LostBefore = 1UL << 33,

    /// <summary>The same packet once more, by its IPv4 identification: captured twice, or doubled on its way; its sender sent it once.</summary>
    CapturedTwice = 1UL << 34,
}

public static class SegmentMarkRules
{
    extension(SegmentMarks marks)
    {
        /// <summary>True when at least one bit of <paramref name="wanted"/> is set.</summary>
        public bool HasAny(SegmentMarks wanted) => (marks & wanted) != SegmentMarks.None;
    }
}
