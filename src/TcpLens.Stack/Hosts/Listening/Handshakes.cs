using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Passive opens: from a SYN for a listener to a connection in its accept queue, and what happens when a queue is full.</summary>
internal sealed class Handshakes(
    TcpHostSettings settings, ConnectionRegistry registry, TcpCounters counters, HostSecrets secrets, ReplyQueue replies, StraySegments strays)
{
    private readonly SynCookieListener _cookies = new(registry, counters, secrets, replies);

    /// <summary>A segment for a listener and no connection of its (RFC 9293 §3.10.7.2).</summary>
    /// <param name="listener">Whose.</param>
    /// <param name="tuple">The four numbers.</param>
    /// <param name="segment">What came.</param>
    /// <param name="beyond">The number that the last connection of the same names sent last; null when there was none.</param>
    /// <param name="now">The time.</param>
    public DropReason OnSegment(HostListener listener, in FourTuple tuple, scoped in TcpSegment segment, SeqNum? beyond, Instant now)
    {
        if (segment.Has(ControlBits.Rst))
        {
            return DropReason.ResetUnbelieved;
        }

        if (segment.Has(ControlBits.Ack))
        {
            return segment.Has(ControlBits.Syn) ? Refuse(tuple, segment, DropReason.AckOfNoSyn, now) : OnAck(listener, tuple, segment, now);
        }

        if (!segment.Has(ControlBits.Syn))
        {
            return DropReason.NoAcknowledgment;
        }

        return segment.Has(ControlBits.Fin) && !listener.Settings.AcceptSynFin
            ? DropReason.IllegalBits
            : OnSyn(listener, tuple, segment, beyond, now);
    }

    /// <summary>A segment for a connection whose handshake goes on.</summary>
    public DropReason OnHalfOpen(HostConnection connection, scoped in TcpSegment segment, Instant now)
    {
        HostListener listener = connection.Listener!;
        if (listener.IsClosed)
        {
            registry.Drop(connection);
            return Refuse(connection.Tuple, segment, DropReason.NoSocket, now);
        }

        bool mayFinish = (segment.Bits & (ControlBits.Syn | ControlBits.Ack | ControlBits.Rst)) == ControlBits.Ack;
        if (mayFinish && listener.IsFull)
        {
            return OnAcceptQueueFull(connection, now);
        }

        DropReason reason = connection.Core.OnSegment(segment, now);
        registry.Touch(connection);
        return reason;
    }

    private DropReason OnSyn(HostListener listener, in FourTuple tuple, scoped in TcpSegment syn, SeqNum? beyond, Instant now)
    {
        if (listener.IsFull)
        {
            counters.Add(TcpCounter.ListenOverflows);
            counters.Add(TcpCounter.ListenDrops);
            return DropReason.AcceptQueueFull;
        }

        bool isFull = listener.HalfOpen >= listener.Options.SynBacklog || registry.HalfOpen >= settings.MaxHalfOpen;
        SynCookies cookies = listener.Options.Cookies ?? settings.Cookies;
        if (cookies == SynCookies.Always || (isFull && cookies == SynCookies.WhenFull))
        {
            counters.Add(TcpCounter.TCPReqQFullDoCookies, isFull ? 1 : 0);
            _cookies.Answer(listener, tuple, syn, now);
            return DropReason.None;
        }

        if (isFull || registry.IsFull)
        {
            counters.Add(TcpCounter.TCPReqQFullDrop, isFull ? 1 : 0);
            counters.Add(TcpCounter.ListenDrops);
            return isFull ? DropReason.SynQueueFull : DropReason.HostLimit;
        }

        HostConnection connection = registry.Add(tuple, listener.Settings, NextInitial(tuple, beyond, now), listener, now);
        connection.Core.Listen();
        DropReason reason = connection.Core.OnSegment(syn, now);
        registry.Touch(connection);
        return reason;
    }

    /// <summary>The clock's number, unless the last connection of the same names got further (RFC 9293 §3.4.3, MAY-2).</summary>
    private SeqNum NextInitial(in FourTuple tuple, SeqNum? beyond, Instant now)
    {
        SeqNum initial = secrets.InitialSequence(tuple, now);
        return beyond is { } last && !initial.IsAfter(last) ? last + (ushort.MaxValue + 2) : initial;
    }

    private DropReason OnAck(HostListener listener, in FourTuple tuple, scoped in TcpSegment ack, Instant now)
    {
        if (listener.IsFull && listener.LastCookieAt is not null)
        {
            counters.Add(TcpCounter.ListenOverflows);
            counters.Add(TcpCounter.ListenDrops);
            return DropReason.AcceptQueueFull;
        }

        if (registry.IsFull)
        {
            counters.Add(TcpCounter.ListenDrops);
            return DropReason.HostLimit;
        }

        bool mayBeCookie = listener.LastCookieAt is not null;
        if (_cookies.TryOpen(listener, tuple, ack, now) is not { } connection)
        {
            return Refuse(tuple, ack, mayBeCookie ? DropReason.CookieInvalid : DropReason.AckOfNoSyn, now);
        }

        DropReason reason = connection.Core.OnSegment(ack, now);
        registry.Touch(connection);
        return reason;
    }

    /// <summary>The program does not accept as fast as peers come (Linux: tcp_abort_on_overflow decides).</summary>
    private DropReason OnAcceptQueueFull(HostConnection connection, Instant now)
    {
        counters.Add(TcpCounter.ListenOverflows);
        counters.Add(TcpCounter.ListenDrops);
        if (connection.Listener!.Options.ResetOnOverflow)
        {
            counters.Add(TcpCounter.EmbryonicRsts);
            connection.Core.Abort(now);
            registry.Touch(connection);
        }

        return DropReason.AcceptQueueFull;
    }

    private DropReason Refuse(in FourTuple tuple, scoped in TcpSegment segment, DropReason reason, Instant now)
    {
        strays.Answer(tuple, segment, now);
        return reason;
    }
}
