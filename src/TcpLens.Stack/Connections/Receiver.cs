using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// The receiving half of a connection: RCV.NXT and RCV.WND, what is there for the program and what waits for a hole to be filled, and what
/// the next ACK is to say.
/// </summary>
internal sealed class Receiver(TcpSettings settings, TcpCounters counters)
{
    private OctetQueue _queue;
    private HeldRanges _held;
    private SeqNum? _finAt;
    private readonly int _limit = settings.ReceiveBuffer;

    public AckSchedule Acks = AckSchedule.Idle;
    public SackReport Report;

    /// <summary>IRS.</summary>
    public SeqNum Initial { get; private set; }

    /// <summary>RCV.NXT.</summary>
    public SeqNum Next { get; private set; }

    public SeqNum LastAckSent { get; private set; }

    /// <summary>RCV.NXT + RCV.WND as last promised; it never moves back (SHLD-14).</summary>
    public SeqNum WindowEnd { get; private set; }

    /// <summary>The shift for windows that we send.</summary>
    public WindowScale Scale { get; private set; }

    public bool HasSack { get; set; }

    /// <summary>The longest segment that was asked for: a longer one stands for several.</summary>
    public int LargestSegment { get; set; } = ushort.MaxValue;

    /// <summary>The longest segment seen: what the peer takes for a full one.</summary>
    public int SegmentSize { get; private set; } = 536;

    /// <summary>The peer's FIN was taken, in its turn.</summary>
    public bool HasFin { get; private set; }

    /// <summary>The end of urgent data (RCV.UP); null when none is to come.</summary>
    public SeqNum? UrgentEnd { get; private set; }

    /// <summary>A segment came with CE: every ACK says ECE until CWR (RFC 3168 §6.1.3).</summary>
    public bool EchoesCongestion { get; set; }

    public long OctetsReceived { get; private set; }

    public long OutOfOrder { get; private set; }

    public int Readable => _queue.Length;

    public int HeldMemory => _queue.Capacity;

    /// <summary>RCV.WND: what was promised and not used yet.</summary>
    public WindowSize Window => new((uint)Math.Max(WindowEnd - Next, 0));

    public bool HasHoles => _held.Count > 0;

    /// <summary>The peer's SYN: numbers begin, and whether windows are scaled is known.</summary>
    public void OnSyn(SeqNum initial, WindowScale scale)
    {
        (Initial, Scale) = (initial, scale);
        Next = LastAckSent = initial + 1;
        WindowEnd = Next + Math.Min((uint)InitialWindow, LargestWindow);
    }

    /// <summary>What the SYN shows, or the first ACK if the peer's SYN is known.</summary>
    public int InitialWindow => Math.Min(settings.InitialReceiveWindow ?? _limit, _limit);

    /// <summary>
    /// The window for a segment that leaves now, and the promise that goes with it. The edge moves only by something worth it (MUST-39),
    /// and never back.
    /// </summary>
    public WindowField TakeWindow(bool isSyn)
    {
        SeqNum edge = ProspectiveEdge;
        if (edge - WindowEnd >= WorthwhileStep || (settings.AdvertisesEveryOctet && edge - Next >= WorthwhileStep))
        {
            WindowEnd = edge;
        }

        CountZeroWindows();
        LastAckSent = Next;
        return Window >> (isSyn ? WindowScale.None : Scale);
    }

    /// <summary>The program made room, and so much of it that the peer should hear without being asked (RFC 9293 §3.8.6.2.2).</summary>
    public bool WantsWindowUpdate => ProspectiveEdge - WindowEnd >= (settings.LazyWindowUpdates
        ? Math.Max(WorthwhileStep, WindowEnd - Next)
        : Math.Max(WorthwhileStep, Math.Min(_limit / 2, 2 * SegmentSize)));

    public ReadOnlySpan<byte> Peek() => _queue.Slice(0, _queue.Length);

    public void Skip(int octets)
    {
        _queue.RemoveFirst(octets);
        if (UrgentEnd is { } end && !(Next + (uint)-_queue.Length).IsBefore(end))
        {
            UrgentEnd = null;
        }
    }

    /// <summary>Octets to read before the urgent data ends (MUST-33).</summary>
    public int UrgentOctets => UrgentEnd is { } end ? Math.Max(end - Next + _queue.Length, 0) : 0;

    /// <summary>Seventh step, sixth in older texts: URG (RFC 9293 §3.10.7.4). True when the mark moved.</summary>
    public bool TakeUrgent(in TcpSegment segment)
    {
        SeqNum end = segment.Sequence + segment.UrgentPointer;
        if (!end.IsAfter(Next) || (UrgentEnd is { } known && !end.IsAfter(known)))
        {
            return false;
        }

        UrgentEnd = end;
        return true;
    }

    /// <summary>Segment text (RFC 9293 §3.10.7.4, seventh): what is new and fits is kept, in order or until its turn comes.</summary>
    public DropReason TakeText(in TcpSegment segment, TimeSpan ackDelay, Instant now)
    {
        ReadOnlySpan<byte> payload = segment.Payload;
        SegmentSize = Math.Max(SegmentSize, Math.Min(payload.Length, segment.SegmentSize == 0 ? LargestSegment : segment.SegmentSize));
        var range = new SackBlock(segment.Sequence, segment.Sequence + (uint)payload.Length);
        bool beginsOld = segment.Sequence.IsBefore(Next);
        if (beginsOld)
        {
            SeqNum right = range.Right.IsBefore(Next) ? range.Right : Next;
            ReportDuplicate(new(range.Left, right), TcpCounter.TCPDSACKOldSent);
            if (right == range.Right)
            {
                Acks.Duplicate();
                return DropReason.Duplicate;
            }

            Acks.Now();
            payload = payload[(Next - segment.Sequence)..];
            range = range with { Left = Next };
        }

        ForgetFinBefore(range.Right);
        int fits = WindowEnd - range.Left;
        if (fits <= 0)
        {
            Acks.Now();
            counters.Add(TcpCounter.TCPZeroWindowDrop);
            return DropReason.NoRoom;
        }

        if (fits < payload.Length)
        {
            payload = payload[..fits];
            range = range with { Right = range.Left + (uint)fits };
        }

        return range.Left == Next ? TakeInOrder(range, payload, beginsOld, ackDelay, now) : Hold(range, payload);
    }

    /// <summary>The text of a SYN that met ours: it waits, unacknowledged, until the connection is established (RFC 9293 §3.10.7.3, fourth).</summary>
    public void KeepSynText(ReadOnlySpan<byte> payload)
    {
        var range = new SackBlock(Next, Next + Math.Min((uint)payload.Length, Window.Octets));
        if (range.Length > 0)
        {
            WriteWhatIsNew(range, payload);
            _held.Add(range);
        }
    }

    /// <summary>The connection is established: that text's turn has come.</summary>
    /// <returns>True when there was some.</returns>
    public bool TakeSynText(TimeSpan ackDelay, Instant now)
    {
        if (!HasHoles)
        {
            return false;
        }

        AdvanceTo(_held.Absorb(Next));
        Acks.Data(Readable, SegmentSize, ackDelay, now);
        return true;
    }

    /// <summary>Octets or a FIN that are not acceptable: mostly old ones whose ACK was lost (RFC 2883 §4.1: say which).</summary>
    public void OnRefused(in TcpSegment segment)
    {
        Acks.Duplicate();
        SeqNum end = segment.Sequence + (uint)segment.Payload.Length;
        if (segment.Payload.Length > 0 && !end.IsAfter(Next))
        {
            ReportDuplicate(new(segment.Sequence, end), TcpCounter.TCPDSACKOldSent);
        }
    }

    /// <summary>A FIN at this number: taken when it is its turn, remembered when not.</summary>
    /// <returns>True when the FIN was taken now.</returns>
    public bool TakeFin(SeqNum at)
    {
        _finAt = at;
        return TryTakeHeldFin();
    }

    /// <summary>Takes a FIN that came before the octets in front of it, once they are there.</summary>
    public bool TryTakeHeldFin()
    {
        if (HasFin || _finAt != Next)
        {
            return false;
        }

        HasFin = true;
        Next += 1;
        WindowEnd = WindowEnd.IsBefore(Next) ? Next : WindowEnd;
        Acks.Now();
        return true;
    }

    public SackBlocks TakeSackBlocks(int room) => HasSack ? Report.Take(room) : default;

    public int SackOptionLength(int room) => HasSack ? Report.OptionLength(room) : 0;

    public void Clear(bool keepsReadable = false)
    {
        _held.Clear();
        if (!keepsReadable || _queue.Length == 0)
        {
            _queue.Clear();
        }
    }

    /// <summary>It never moves back (SHLD-14): what arrives moves RCV.NXT and takes as much room, what is read gives room back.</summary>
    private SeqNum ProspectiveEdge
    {
        get
        {
            int free = Math.Max(_limit - _queue.Length, 0);
            return Next + Math.Min((uint)free, LargestWindow);
        }
    }

    /// <summary>Octets that a window field can say at this scale.</summary>
    private uint LargestWindow => WindowSize.MaxOctets >> (WindowScale.MaxShift - Scale.Shift);

    private int WorthwhileStep => Math.Min(_limit / 2, SegmentSize);

    /// <summary>Of several duplicates in one segment the first is reported (RFC 2883 §4.2).</summary>
    private DropReason TakeInOrder(SackBlock range, ReadOnlySpan<byte> payload, bool hasReported, TimeSpan ackDelay, Instant now)
    {
        bool hadHoles = _held.Count > 0;
        if (hadHoles && !hasReported && _held.Overlap(range) is var twice && twice != default)
        {
            ReportDuplicate(twice, TcpCounter.TCPDSACKOfoSent);
        }

        WriteWhatIsNew(range, payload);
        AdvanceTo(_held.Absorb(range.Right));
        if (hadHoles)
        {
            Acks.Now();
        }
        else
        {
            Acks.Data(payload.Length, SegmentSize, ackDelay, now);
        }

        return DropReason.None;
    }

    private void AdvanceTo(SeqNum next)
    {
        int gained = next - Next;
        _queue.Extend(gained);
        OctetsReceived += gained;
        Next = next;
        Report.OnNext(next);
    }

    private DropReason Hold(SackBlock range, ReadOnlySpan<byte> payload)
    {
        Acks.Duplicate();
        SackBlock twice = _held.Overlap(range);
        if (!_held.CanAdd(range))
        {
            counters.Add(TcpCounter.TCPOFODrop);
            return DropReason.NoRoom;
        }

        WriteWhatIsNew(range, payload);
        SackBlock joined = _held.Add(range);
        OutOfOrder++;
        counters.Add(TcpCounter.TCPOFOQueue);
        if (twice != default)
        {
            counters.Add(TcpCounter.TCPOFOMerge);
            ReportDuplicate(twice, TcpCounter.TCPDSACKOfoSent);
        }

        Report.OnHeld(joined);
        return twice == range ? DropReason.Duplicate : DropReason.None;
    }

    /// <summary>The first octet to arrive for a number stays: what overlaps it does not change it (RFC 9293 §3.10.7.4: trimmed).</summary>
    private void WriteWhatIsNew(SackBlock range, ReadOnlySpan<byte> payload)
    {
        SackBlock rest = range;
        while (_held.TryFindGap(rest, out SackBlock gap))
        {
            _queue.Write(gap.Left - Next + _queue.Length, payload.Slice(gap.Left - range.Left, gap.Length));
            rest = rest with { Left = gap.Right };
        }
    }

    /// <summary>Data behind a FIN that came early: that FIN cannot have been the peer's.</summary>
    private void ForgetFinBefore(SeqNum end)
    {
        if (_finAt is { } at && end.IsAfter(at))
        {
            _finAt = null;
        }
    }

    private void ReportDuplicate(SackBlock block, TcpCounter counter)
    {
        if (HasSack)
        {
            Report.OnDuplicate(block);
            counters.Add(counter);
        }
    }

    private void CountZeroWindows()
    {
        if (WindowEnd == Next && LastAckSent != Next)
        {
            counters.Add(TcpCounter.TCPToZeroWindowAdv);
        }
    }
}
