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
    /// <param name="settings">Shared with others.</param>
    /// <param name="start">What is this connection's alone.</param>
    /// <param name="counters">The host's.</param>
    public TcpConnection(TcpSettings settings, in ConnectionStart start, TcpCounters counters) => throw new NotImplementedException();

    public TcpState State => throw new NotImplementedException();

    /// <summary>Set when <see cref="ConnectionEvents.Failed"/> is told.</summary>
    public ConnectionError Error => throw new NotImplementedException();

    /// <summary>The last soft error (MUST-47).</summary>
    public ConnectionError SoftError => throw new NotImplementedException();

    /// <summary>True for a connection that began with <see cref="Listen"/> (MUST-11).</summary>
    public bool IsPassive => throw new NotImplementedException();

    /// <summary>May be set at any time.</summary>
    public ConnectionOptions Options { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }

    /// <summary>What Linux's TCP_INFO tells; made on demand (STATUS, RFC 9293 §3.9.1.6).</summary>
    public ConnectionStatus Status => throw new NotImplementedException();

    /// <summary>When <see cref="OnTimeout"/> is to be called next; <see cref="Instant.Never"/> when there is nothing to wait for.</summary>
    public Instant NextTimeout => throw new NotImplementedException();

    /// <summary>Octets that can be received now.</summary>
    public int Readable => throw new NotImplementedException();

    /// <summary>Octets that <see cref="Send"/> would take now.</summary>
    public int Writable => throw new NotImplementedException();

    /// <summary>Octets that were read up to the mark of urgent data still to come; 0 when there is none (MUST-33).</summary>
    public int UrgentOctets => throw new NotImplementedException();

    /// <summary>Passive open (RFC 9293 §3.10.1): CLOSED to LISTEN. The SYN then comes by <see cref="OnSegment"/>.</summary>
    public void Listen() => throw new NotImplementedException();

    /// <summary>Active open: CLOSED or LISTEN to SYN-SENT.</summary>
    public void Connect(Instant now) => throw new NotImplementedException();

    /// <summary>A segment of this connection arrives (RFC 9293 §3.10.7). Says why it had no (whole) effect.</summary>
    public DropReason OnSegment(scoped in TcpSegment segment, Instant now) => throw new NotImplementedException();

    /// <summary>What was to happen by <paramref name="now"/> happens; nothing when it is too early.</summary>
    public void OnTimeout(Instant now) => throw new NotImplementedException();

    /// <summary>An ICMP error or "packet too big" that quotes a segment of ours (RFC 9293 §3.9.2.2, RFC 5927, RFC 1191, RFC 8201).</summary>
    /// <param name="quoted">The sequence number quoted.</param>
    /// <param name="error">What it means for sockets.</param>
    /// <param name="isHard">It would abort a connection that is not synchronized.</param>
    /// <param name="segmentSize">0, or what fits the path now, in octets without options.</param>
    /// <param name="now">The time.</param>
    public DropReason OnIcmp(SeqNum quoted, ConnectionError error, bool isHard, ushort segmentSize, Instant now) => throw new NotImplementedException();

    /// <summary>Takes octets to send (RFC 9293 §3.10.2); says how many, 0 when there is no room.</summary>
    /// <exception cref="InvalidOperationException">The connection cannot send: not open, closing, or failed.</exception>
    public int Send(ReadOnlySpan<byte> octets, Instant now, bool isUrgent = false) => throw new NotImplementedException();

    /// <summary>Gives octets that arrived (RFC 9293 §3.10.3); says how many. 0: none there now, or none will come (<see cref="HasPeerClosed"/>).</summary>
    public int Receive(Span<byte> into, Instant now, bool peek = false) => throw new NotImplementedException();

    /// <summary>The octets that could be received, where they lie; valid until the next call. <see cref="Skip"/> takes them off.</summary>
    public ReadOnlySpan<byte> Peek() => throw new NotImplementedException();

    public void Skip(int octets, Instant now) => throw new NotImplementedException();

    /// <summary>The peer's FIN came and everything before it was received.</summary>
    public bool HasPeerClosed => throw new NotImplementedException();

    /// <summary>Sends no more (RFC 9293 §3.10.4): a FIN follows what is queued. What the peer still sends can be received.</summary>
    public void CloseSending(Instant now) => throw new NotImplementedException();

    /// <summary>
    /// The program is done with it: as <see cref="CloseSending"/>, and nobody will receive: unread octets, and any that come, are
    /// answered with a RST (SHLD-3). From here on the connection is an orphan.
    /// </summary>
    public void Close(Instant now) => throw new NotImplementedException();

    /// <summary>RFC 9293 §3.10.5.</summary>
    public void Abort(Instant now) => throw new NotImplementedException();

    /// <summary>The next segment to send now, if there is one. Its payload is valid until the next call.</summary>
    public bool TryTakeSegment(Instant now, out TcpSegment segment) => throw new NotImplementedException();

    /// <summary>One event that happened since.</summary>
    public bool TryTakeEvent(out ConnectionEvents happened) => throw new NotImplementedException();
}
