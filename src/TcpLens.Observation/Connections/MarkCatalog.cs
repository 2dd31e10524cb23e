namespace TcpLens.Observation;

/// <summary>How much a mark says about trouble.</summary>
public enum MarkWeight : byte
{
    /// <summary>A fact about the segment that healthy connections have too.</summary>
    Note,

    /// <summary>Not as it should be, and often harmless.</summary>
    Notice,

    /// <summary>Costs time or data, or should never be seen.</summary>
    Trouble,
}

/// <summary>One mark in words.</summary>
/// <param name="Mark">Exactly one mark.</param>
/// <param name="Name">As it is shown at a segment: "out of order".</param>
/// <param name="Weight">How much it says about trouble.</param>
/// <param name="Meaning">What many of them mean, as a sentence.</param>
public sealed record MarkInfo(SegmentMarks Mark, string Name, MarkWeight Weight, string Meaning);

/// <summary>Every mark in words.</summary>
public static class MarkCatalog
{
    /// <summary>In the order of <see cref="SegmentMarks"/>.</summary>
    public static IReadOnlyList<MarkInfo> All { get; } =
    [
        new(SegmentMarks.Retransmission, "retransmission", MarkWeight.Trouble,
            "Octets were sent again: segments or their acknowledgments are lost on the way, or come too late."),
        new(SegmentMarks.Spurious, "spurious", MarkWeight.Notice,
            "What was sent again had been acknowledged before: the sender's timer is shorter than the way, or packets were reordered."),
        new(SegmentMarks.OutOfOrder, "out of order", MarkWeight.Notice,
            "Segments overtook each other: several paths, or a capture that mixes interfaces."),
        new(SegmentMarks.GapBefore, "gap before it", MarkWeight.Notice,
            "Octets before it were not captured: lost before they came here, or missed by the capture."),
        new(SegmentMarks.AckOfUnseen, "acknowledges what was not captured", MarkWeight.Notice,
            "The receiver has octets that the capture has not: the capture missed packets."),
        new(SegmentMarks.DuplicateAck, "duplicate ACK", MarkWeight.Notice,
            "The receiver repeats what it is waiting for: something before is missing or late."),
        new(SegmentMarks.SelectiveAck, "SACK", MarkWeight.Note,
            "The receiver names what it has beyond a hole."),
        new(SegmentMarks.DuplicateSack, "DSACK", MarkWeight.Notice,
            "The receiver reports octets that it got twice: a retransmission was not needed, or the network doubles packets."),
        new(SegmentMarks.ZeroWindow, "zero window", MarkWeight.Trouble,
            "The receiver has no room: its application reads too slowly."),
        new(SegmentMarks.WindowFull, "window full", MarkWeight.Notice,
            "The sender filled the offered window and had to wait: the receiver's buffer limits the speed."),
        new(SegmentMarks.WindowUpdate, "window update", MarkWeight.Note,
            "The receiver opened its window without acknowledging anything new."),
        new(SegmentMarks.ZeroWindowProbe, "zero-window probe", MarkWeight.Notice,
            "The sender asks whether the closed window has opened."),
        new(SegmentMarks.ZeroWindowProbeAck, "answer to a zero-window probe", MarkWeight.Notice,
            "The receiver answers that its window is still closed."),
        new(SegmentMarks.KeepAlive, "keep-alive", MarkWeight.Note,
            "An idle end asks whether the other is still there."),
        new(SegmentMarks.KeepAliveAck, "answer to a keep-alive", MarkWeight.Note,
            "The other end is still there."),
        new(SegmentMarks.PortReuse, "ports used again", MarkWeight.Note,
            "A new connection between the ports of an earlier one."),
        new(SegmentMarks.Reincarnation, "opened out of TIME-WAIT", MarkWeight.Note,
            "The earlier connection was in TIME-WAIT, and its end took the new SYN nevertheless (RFC 6191)."),
        new(SegmentMarks.BadChecksum, "bad checksum", MarkWeight.Trouble,
            "The segment was damaged on its way; its receiver drops it."),
        new(SegmentMarks.OffloadedChecksum, "checksum left to the interface", MarkWeight.Note,
            "Captured on the sending host before its interface filled the checksum in."),
        new(SegmentMarks.IllegalBits, "illegal control bits", MarkWeight.Trouble,
            "Control bits that no TCP sends together: a scanner, or a broken device on the way."),
        new(SegmentMarks.InvalidReset, "RST that must not be obeyed", MarkWeight.Trouble,
            "A RST outside of what its receiver accepts: late, or forged (RFC 5961)."),
        new(SegmentMarks.ChallengeAck, "challenge ACK", MarkWeight.Notice,
            "The receiver asks back before it believes a RST or a SYN (RFC 5961)."),
        new(SegmentMarks.CongestionExperienced, "congestion experienced", MarkWeight.Notice,
            "A router on the way was congested and marked the packet instead of dropping it."),
        new(SegmentMarks.CongestionEcho, "ECE", MarkWeight.Notice,
            "The receiver tells the sender that a router marked its packets."),
        new(SegmentMarks.CongestionWindowReduced, "CWR", MarkWeight.Note,
            "The sender answers that it has slowed down."),
        new(SegmentMarks.Urgent, "urgent", MarkWeight.Note,
            "Carries urgent data."),
        new(SegmentMarks.Oversized, "larger than the wire allows", MarkWeight.Note,
            "Captured where the interface cuts or joins segments (TSO, GRO)."),
        new(SegmentMarks.Truncated, "cut by the capture", MarkWeight.Note,
            "The snap length of the capture is shorter than the packet."),
        new(SegmentMarks.TimeBackwards, "time runs backwards", MarkWeight.Notice,
            "Stamped earlier than the segment before it: times around it are not to be trusted."),
        new(SegmentMarks.DataOnSyn, "data on SYN", MarkWeight.Note,
            "TCP Fast Open, or a peer that sends early."),
        new(SegmentMarks.AfterClose, "after both ends closed", MarkWeight.Notice,
            "Came when the connection was over."),
        new(SegmentMarks.LimitedTransmit, "limited transmit", MarkWeight.Note,
            "New data on the first duplicate ACKs, so that loss is noticed sooner (RFC 3042)."),
        new(SegmentMarks.TimeWaitAssassination, "ended a TIME-WAIT early", MarkWeight.Trouble,
            "A RST took a connection out of TIME-WAIT before its time (RFC 1337)."),
        new(SegmentMarks.LostBefore, "first copy not captured", MarkWeight.Notice,
            "Of what was sent again the first copy did not come past here: lost between the sender and the capture, or missed by the capture."),
        new(SegmentMarks.CapturedTwice, "captured twice", MarkWeight.Note,
            "The same packet once more: the capture saw it at two places, or the network doubled it."),
    ];

    private static readonly SegmentMarks Troubles = All.Where(static info => info.Weight == MarkWeight.Trouble).Aggregate(SegmentMarks.None, static (all, info) => all | info.Mark);

    private static readonly SegmentMarks Notices = All.Where(static info => info.Weight == MarkWeight.Notice).Aggregate(SegmentMarks.None, static (all, info) => all | info.Mark);

    extension(SegmentMarks marks)
    {
        /// <summary>The gravest of them; null when there is none.</summary>
        public MarkWeight? Weight => marks switch
        {
            SegmentMarks.None => null,
            _ when (marks & Troubles) != SegmentMarks.None => MarkWeight.Trouble,
            _ when (marks & Notices) != SegmentMarks.None => MarkWeight.Notice,
            _ => MarkWeight.Note,
        };
    }
}
