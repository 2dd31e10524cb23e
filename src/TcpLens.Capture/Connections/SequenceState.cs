using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// What <see cref="SequenceJudge"/> remembers of one end: how far its stream was seen, what it acknowledged and offered.
/// Long numbers are unwrapped: their low 32 bits are the number in the header, and they count on where that begins again at 0.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct SequenceState
{
    /// <summary>Unwrapped numbers begin one turn of the circle up, so that what lies before the first is not negative.</summary>
    private const long FirstTurn = 1L << 32;

    /// <summary>RFC 7323 §2.3: no window is larger, so more than this is never under way.</summary>
    private const long MostUnderWay = 1L << 30;

    /// <summary>The number after the highest seen, RSTs and pure ACKs with it; unwrapped.</summary>
    public long Next;

    /// <summary>The end of the highest octet that was carried; unwrapped. FIN and what only a header claims are not in it.</summary>
    public long StreamEnd;

    /// <summary>Relative number 0: the SYN, or the number before the first that was seen or acknowledged.</summary>
    public SeqNum Origin;

    /// <summary>Up to where the stream was seen without a break, counting from the last acknowledgment of unseen octets.</summary>
    public SeqNum Unbroken;

    /// <summary>The acknowledgment field of its last segment, whatever the ACK bit.</summary>
    public SeqNum LastAck;

    public SeqNum HighestAck;

    /// <summary>Duplicate ACKs in a row; −1 after it acknowledged unseen octets.</summary>
    public int DuplicateAcks;

    public uint SmallestWindow;
    public uint LargestWindow;
    public uint MostInFlight;
    public WindowField Window;
    public ushort MaximumSegmentSize;
    public ushort GoodChecksums;
    public ushort BadChecksums;
    public SequenceFacts Facts;
    public LastSegment Last;

    // Neither is above 14 (RFC 7323 §2.3): one octet has room for both.
    private byte _shifts;

    /// <summary>The shift that applies to its windows after the handshake; 0 also while that is not known.</summary>
    public byte Shift
    {
        readonly get => (byte)(_shifts & 15);
        set => _shifts = (byte)((_shifts & 0xf0) | value);
    }

    public byte AnnouncedShift
    {
        readonly get => (byte)(_shifts >> 4);
        set => _shifts = (byte)((value << 4) | (_shifts & 15));
    }

    public readonly SeqNum NextNumber
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new((uint)Next);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Has(SequenceFacts fact) => (Facts & fact) != SequenceFacts.None;

    /// <summary>The unwrapped number that is nearest to what was seen last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly long Unwrap(SeqNum number) => Next + (number - NextNumber);

    /// <summary>0 for the SYN, 1 for the first octet; negative for what was sent before the capture began.</summary>
    public readonly long Relative(SeqNum number) => Unwrap(number) - FirstTurn - Origin.Value;

    /// <summary>Octets of the stream up to the highest that was carried, each counted once.</summary>
    public readonly long StreamOctets => Has(SequenceFacts.Seen) ? Math.Max(0, StreamEnd - FirstTurn - Origin.Value - 1) : 0;

    /// <summary>Octets that were sent and that the other end has not acknowledged; 0 while it has acknowledged nothing here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint InFlight(in SequenceState other)
    {
        if (!other.Has(SequenceFacts.HasAcknowledged))
        {
            return 0;
        }

        long octets = StreamEnd - Unwrap(other.HighestAck);
        return octets is > 0 and <= MostUnderWay ? (uint)octets : 0;
    }

    /// <summary>The window of one of its segments in octets; the raw field where the scale is not known, and of a SYN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint WindowOf(in CapturedSegment segment)
        => (uint)segment.Window.Raw << (segment.HasAny(ControlBits.Syn) ? 0 : Shift);

    /// <summary>The first number that this end is known by: relative numbers count from here.</summary>
    public void BeginAt(SeqNum origin, SeqNum next)
    {
        Origin = origin;
        Next = FirstTurn + origin.Value + (next - origin);
        StreamEnd = Next;
        Facts |= SequenceFacts.HasOrigin;
    }

    /// <summary>A SYN moves the origin, and what was seen stays where it is beside it.</summary>
    public void MoveOrigin(SeqNum origin)
    {
        long turns = Unwrap(origin) - FirstTurn - origin.Value;
        Next -= turns;
        StreamEnd -= turns;
        Origin = origin;
    }

    /// <summary>The segment moves the ends of what was seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(in CapturedSegment segment)
    {
        bool isFirst = !Has(SequenceFacts.Seen);
        int ahead = segment.Sequence - NextNumber;
        long end = Next + ahead + segment.SequenceLength;
        bool continues = isFirst || segment.Sequence == Unbroken;
        Next = isFirst ? end : Math.Max(Next, end);
        if (continues)
        {
            Unbroken = NextNumber;
        }

        long octets = end - (uint)(segment.Bits & ControlBits.Fin);
        if (isFirst || (segment.PayloadLength > 0 && octets > StreamEnd && !segment.HasAny(ControlBits.Rst)))
        {
            StreamEnd = octets;
        }

        Facts |= segment.HasAny(ControlBits.Fin) ? SequenceFacts.Seen | SequenceFacts.Fin : SequenceFacts.Seen;
    }

    /// <summary>Remembers what the segment acknowledges.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Acknowledge(in CapturedSegment segment)
    {
        LastAck = segment.Acknowledgment;
        if (!segment.HasAny(ControlBits.Ack))
        {
            Facts &= ~SequenceFacts.LastHadAck;
            return;
        }

        if (!Has(SequenceFacts.HasAcknowledged) || segment.Acknowledgment.IsAfter(HighestAck))
        {
            HighestAck = segment.Acknowledgment;
        }

        Facts |= SequenceFacts.LastHadAck | SequenceFacts.HasAcknowledged;
    }

    /// <summary>Remembers the window that the segment offers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(in CapturedSegment segment)
    {
        Window = segment.Window;
        if (segment.HasAny(ControlBits.Syn))
        {
            Facts |= SequenceFacts.WindowIsOfSyn;
            return;
        }

        Facts &= segment.HasAny(ControlBits.Ack) ? ~SequenceFacts.WindowIsOfSyn : ~SequenceFacts.None;
        if (!segment.HasAny(ControlBits.Rst))
        {
            uint octets = WindowOf(in segment);
            SmallestWindow = Has(SequenceFacts.HasWindow) ? Math.Min(SmallestWindow, octets) : octets;
            LargestWindow = Math.Max(LargestWindow, octets);
            Facts |= SequenceFacts.HasWindow;
        }
    }

    /// <summary>Remembers how much was under way after a segment with octets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NoteInFlight(in SequenceState other) => MostInFlight = Math.Max(MostInFlight, InFlight(in other));
}
