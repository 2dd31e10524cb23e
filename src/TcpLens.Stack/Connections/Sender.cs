using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// The sending half of a connection: SND.UNA, SND.NXT and SND.WND, what the program handed over and is not acknowledged yet, and whether a
/// new segment may leave now. What has to be sent again is <see cref="LossRecovery"/>'s to say.
/// </summary>
internal sealed class Sender(TcpSettings settings, SeqNum initial)
{
    private OctetQueue _queue;
    private SeqNum _windowSequence;
    private SeqNum _windowAcknowledgment;
    private SeqNum _smallEnd = initial;
    private SeqNum? _finAt;

    /// <summary>ISS.</summary>
    public SeqNum Initial { get; } = initial;

    /// <summary>SND.UNA.</summary>
    public SeqNum Unacknowledged { get; private set; } = initial;

    /// <summary>Octets of data that were acknowledged.</summary>
    public long OctetsAcknowledged { get; private set; }

    /// <summary>SND.NXT.</summary>
    public SeqNum Next { get; private set; } = initial;

    /// <summary>SND.WND, in octets.</summary>
    public WindowSize Window { get; private set; }

    /// <summary>The largest window the peer ever showed (MAX.SND.WND of RFC 5961, Max(SND.WND) of RFC 9293 §3.8.6.2.1).</summary>
    public WindowSize LargestWindow { get; private set; }

    /// <summary>The shift for windows that the peer sends.</summary>
    public WindowScale Scale { get; set; }

    /// <summary>The end of urgent data (SND.UP); null when there is none in flight.</summary>
    public SeqNum? UrgentEnd { get; private set; }

    public bool IsFinQueued => _finAt is not null;

    public bool IsFinAcknowledged => _finAt is { } at && Unacknowledged.IsAfter(at);

    public bool IsSynAcknowledged => Unacknowledged != Initial;

    public bool IsSynSent => Next != Initial;

    /// <summary>SND.UNA + SND.WND; before SND.NXT when the peer shrank its window (MUST-34).</summary>
    public SeqNum WindowEnd => Unacknowledged + Window.Octets;

    /// <summary>Octets handed over that were never sent.</summary>
    public int Unsent => Math.Max(DataEnd - DataNext, 0);

    /// <summary>A FIN that was never sent.</summary>
    public bool HasUnsentFin => _finAt is { } at && !Next.IsAfter(at);

    public bool HasUnsent => Unsent > 0 || HasUnsentFin;

    public int Room => Math.Max(settings.SendBuffer - _queue.Length, 0);

    /// <summary>Octets not acknowledged, sent or not.</summary>
    public int Queued => _queue.Length;

    /// <summary>Octets of memory that the queue holds.</summary>
    public int HeldMemory => _queue.Capacity;

    /// <summary>The number after the last octet handed over.</summary>
    public SeqNum DataEnd => DataStart + (uint)_queue.Length;

    /// <summary>The last octet handed over so far is to be read as urgent.</summary>
    public void MarkUrgent() => UrgentEnd = DataEnd;

    public int Append(ReadOnlySpan<byte> octets)
    {
        int length = Math.Min(octets.Length, Room);
        _queue.Append(octets[..length]);
        return length;
    }

    public void QueueFin() => _finAt ??= DataEnd;

    /// <summary>The octets of a range that are data: without a SYN before and a FIN behind.</summary>
    public ReadOnlySpan<byte> Data(SentRange range)
    {
        SeqNum start = range.Start == Initial ? Initial + 1 : range.Start;
        SeqNum end = IsFin(range.End) ? range.End + uint.MaxValue : range.End;
        return end.IsAfter(start) ? _queue.Slice(start - DataStart, end - start) : default;
    }

    /// <summary>True when a range with this end takes in the FIN.</summary>
    public bool IsFin(SeqNum end) => _finAt is { } at && end.IsAfter(at);

    /// <summary>New numbers leave.</summary>
    public void OnSent(SentRange range, int segmentSize)
    {
        Next = range.End;
        if (range.Length % segmentSize != 0)
        {
            _smallEnd = range.End;
        }
    }

    /// <summary>The peer took the octet of a window probe, which had not counted as sent.</summary>
    public SentRange TakeProbed()
    {
        var range = new SentRange(Next, Next + 1);
        Next = range.End;
        return range;
    }

    /// <summary>SEG.ACK is between SND.UNA and SND.NXT: what it covers is done with.</summary>
    public void OnAcknowledged(SeqNum acknowledgment)
    {
        SeqNum dataEnd = DataEnd;
        SeqNum data = acknowledgment.IsAfter(dataEnd) ? dataEnd : acknowledgment;
        int octets = Math.Max(data - DataStart, 0);
        _queue.RemoveFirst(octets);
        OctetsAcknowledged += octets;
        Unacknowledged = acknowledgment;
        if (_smallEnd.IsBefore(acknowledgment))
        {
            _smallEnd = acknowledgment;
        }

        if (UrgentEnd is { } urgent && !urgent.IsAfter(acknowledgment))
        {
            UrgentEnd = null;
        }
    }

    /// <summary>
    /// SND.WND from a segment that is not older than the one it was last taken from (RFC 9293 §3.10.7.4, fifth step). True when it changed.
    /// </summary>
    public bool OnWindow(in TcpSegment segment)
    {
        bool isOlder = segment.Sequence.IsBefore(_windowSequence)
            || (segment.Sequence == _windowSequence && segment.Acknowledgment.IsBefore(_windowAcknowledgment));
        return !isOlder && SetWindow(segment);
    }

    /// <summary>The first window of a connection. The window of a SYN is never scaled (RFC 7323 §2.2).</summary>
    public bool SetWindow(in TcpSegment segment)
    {
        WindowSize window = segment.Window << (segment.Has(ControlBits.Syn) ? WindowScale.None : Scale);
        bool changed = window != Window;
        Window = window;
        LargestWindow = window.Octets > LargestWindow.Octets ? window : LargestWindow;
        (_windowSequence, _windowAcknowledgment) = (segment.Sequence, segment.Acknowledgment);
        return changed;
    }

    /// <summary>
    /// How many octets the next new segment may have: 0 when none should leave now. Full segments go whenever windows allow; less than that
    /// goes by the rules against silly windows (RFC 9293 §3.8.6.2.1) and Nagle's (§3.7.4).
    /// </summary>
    /// <param name="segmentSize">Payload of a full segment now.</param>
    /// <param name="limit">What congestion control and the device allow, in octets.</param>
    /// <param name="options">NODELAY and CORK.</param>
    public int NextLength(int segmentSize, int limit, ConnectionOptions options)
    {
        int unsent = Unsent;
        int length = Math.Min(Math.Min(unsent, limit), WindowEnd - DataNext);
        if (length <= 0)
        {
            return 0;
        }

        int full = length - (length % segmentSize);
        return length == unsent && MaySendTail(unsent - full, options) ? length
            : full > 0 ? full
            : IsWorthHalfTheWindow(length, options) ? length
            : 0;
    }

    /// <summary>The window, not the congestion window or Nagle, keeps back what there is to send.</summary>
    public bool IsHeldByWindow(int segmentSize) => HasUnsent && WindowEnd - Next < Math.Min(Math.Max(Unsent, 1), segmentSize);

    public void Clear() => _queue.Clear();

    private SeqNum DataStart => IsSynAcknowledged ? Unacknowledged : Initial + 1;

    private SeqNum DataNext => IsSynSent ? Next : Initial + 1;

    /// <summary>
    /// Less than a full segment, and nothing behind it: held back while another such is in flight (Nagle, in the form that Minshall gave it: full
    /// segments in flight hold back nothing).
    /// </summary>
    private bool MaySendTail(int tail, ConnectionOptions options)
        => tail == 0 || IsFinQueued || UrgentEnd is not null
            || (!options.Cork && (options.NoDelay || !_smallEnd.IsAfter(Unacknowledged)));

    private bool IsWorthHalfTheWindow(int length, ConnectionOptions options)
        => !options.Cork && length >= LargestWindow.Octets / 2 && (options.NoDelay || Next == Unacknowledged);
}
