using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// One end of a TCP connection (RFC 9293), without I/O and without a clock. It is driven like this:
/// <code>
/// connection.OnSegment(in segment, now);       // or OnTimeout(now), or Send(octets, now), or Close(now)
/// while (connection.TryTakeSegment(now, out TcpSegment outgoing)) link.Write(outgoing);
/// while (connection.TryTakeEvent(out ConnectionEvents happened)) program.Hear(happened);
/// sleep.Until(connection.NextTimeout);
/// </code>
/// It knows no addresses and no ports: whoever drives it decides which segments are its.
/// </summary>
public sealed class TcpConnection
{
    private readonly ConnectionCore _core;

    /// <param name="settings">Shared with others.</param>
    /// <param name="start">What is this connection's alone.</param>
    /// <param name="counters">The host's.</param>
    public TcpConnection(TcpSettings settings, in ConnectionStart start, TcpCounters counters) => _core = new(settings, start, counters);

    public TcpState State => _core.State;

    /// <summary>Set when <see cref="ConnectionEvents.Failed"/> is told.</summary>
    public ConnectionError Error => _core.Error;

    /// <summary>The last soft error (MUST-47).</summary>
    public ConnectionError SoftError => _core.SoftError;

    /// <summary>True for a connection that began with <see cref="Listen"/> (MUST-11).</summary>
    public bool IsPassive => _core.IsPassive;

    /// <summary>No program holds it any more (<see cref="Close"/>).</summary>
    public bool IsOrphan => _core.IsOrphan;

    /// <summary>May be set at any time.</summary>
    public ConnectionOptions Options
    {
        get => _core.Options;
        set => _core.Options = value;
    }

    /// <summary>What Linux's TCP_INFO tells; made on demand (STATUS, RFC 9293 §3.9.1.6).</summary>
    public ConnectionStatus Status => StatusReport.Of(_core);

    /// <summary>When <see cref="OnTimeout"/> is to be called next; <see cref="Instant.Never"/> when there is nothing to wait for.</summary>
    public Instant NextTimeout => Timers.Next(_core);

    /// <summary>Octets that can be received now.</summary>
    public int Readable => _core.Receiver.Readable;

    /// <summary>Octets that <see cref="Send"/> would take now.</summary>
    public int Writable => _core.CanSend ? _core.Sender.Room : 0;

    /// <summary>The peer's FIN came and everything before it was received: nothing more will come.</summary>
    public bool HasPeerClosed => _core.Receiver.HasFin && _core.Receiver.Readable == 0;

    /// <summary>Octets to be received before urgent data ends; 0 when there is none (MUST-33).</summary>
    public int UrgentOctets => _core.Receiver.UrgentOctets;

    /// <summary>What it remembers, for those who list it.</summary>
    internal ConnectionCore Memory => _core;

    /// <summary>Of its SYN.</summary>
    internal OptionOrder OptionOrder => _core.Settings.OptionOrder;

    /// <summary>What is left of it in TIME-WAIT.</summary>
    internal TimeWaitFacts TimeWait => _core.TimeWaitFacts;

    /// <summary>TSval at an instant, for what goes on in its name after it.</summary>
    internal uint TimestampOffset => _core.TimestampOffset;

    /// <summary>Passive open (RFC 9293 §3.10.1): CLOSED to LISTEN. The SYN then comes by <see cref="OnSegment"/>.</summary>
    /// <exception cref="InvalidOperationException">It was opened before.</exception>
    public void Listen()
    {
        _core.IsPassive = true;
        _core.Move(TcpEvent.PassiveOpen);
    }

    /// <summary>Active open: CLOSED or LISTEN to SYN-SENT.</summary>
    /// <exception cref="InvalidOperationException">It was opened before.</exception>
    public void Connect(Instant now) => UserCalls.Connect(_core, now);

    /// <summary>A segment of this connection arrives (RFC 9293 §3.10.7). Says why it had no (whole) effect.</summary>
    public DropReason OnSegment(scoped in TcpSegment segment, Instant now) => SegmentArrives.Process(_core, segment, now);

    /// <summary>What was to happen by <paramref name="now"/> happens; nothing when it is too early.</summary>
    public void OnTimeout(Instant now) => Timers.Run(_core, now);

    /// <summary>An ICMP error or "packet too big" that quotes a segment of ours (RFC 9293 §3.9.2.2, RFC 5927, RFC 1191, RFC 8201).</summary>
    /// <param name="quoted">The sequence number quoted.</param>
    /// <param name="error">What it means for sockets.</param>
    /// <param name="isHard">It aborts a connection that is not synchronized.</param>
    /// <param name="segmentSize">0, or what fits the path now, in octets without options.</param>
    /// <param name="now">The time.</param>
    public DropReason OnIcmp(SeqNum quoted, ConnectionError error, bool isHard, ushort segmentSize, Instant now)
        => IcmpArrives.Process(_core, quoted, error, isHard, segmentSize, now);

    /// <summary>Takes octets to send (RFC 9293 §3.10.2); says how many, 0 when there is no room.</summary>
    /// <exception cref="InvalidOperationException">The connection cannot send: not open, closing, or failed.</exception>
    public int Send(ReadOnlySpan<byte> octets, Instant now, bool isUrgent = false) => UserCalls.Send(_core, octets, isUrgent, now);

    /// <summary>Gives octets that arrived (RFC 9293 §3.10.3); says how many. 0: none there now, or none will come (<see cref="HasPeerClosed"/>).</summary>
    public int Receive(Span<byte> into, Instant now, bool peek = false)
    {
        ReadOnlySpan<byte> there = Peek();
        there = there[..Math.Min(there.Length, into.Length)];
        there.CopyTo(into);
        if (!peek)
        {
            Skip(there.Length, now);
        }

        return there.Length;
    }

    /// <summary>The octets that could be received, where they lie; valid until the next call. <see cref="Skip"/> takes them off.</summary>
    public ReadOnlySpan<byte> Peek() => _core.Receiver.Peek();

    public void Skip(int octets, Instant now) => UserCalls.Skip(_core, octets, now);

    /// <summary>Sends no more (RFC 9293 §3.10.4): a FIN follows what is queued. What the peer still sends can be received.</summary>
    public void CloseSending(Instant now) => UserCalls.CloseSending(_core, now);

    /// <summary>
    /// The program is done with it: as <see cref="CloseSending"/>, and nobody will receive: unread octets, and any that come, are
    /// answered with a RST (SHLD-3). From here on the connection is an orphan.
    /// </summary>
    public void Close(Instant now) => UserCalls.Close(_core, now);

    /// <summary>RFC 9293 §3.10.5.</summary>
    public void Abort(Instant now) => UserCalls.Abort(_core, now);

    /// <summary>The next segment to send now, if there is one. Its payload is valid until the next call.</summary>
    public bool TryTakeSegment(Instant now, out TcpSegment segment) => NextSegment.TryTake(_core, now, out segment);

    /// <summary>One event that happened since.</summary>
    public bool TryTakeEvent(out ConnectionEvents happened) => _core.TryTakeEvent(out happened);
}
