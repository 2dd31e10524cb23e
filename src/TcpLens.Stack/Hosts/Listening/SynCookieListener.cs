using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>A listener's handshakes without memory: a SYN is answered with a cookie, and the ACK that brings it back makes the connection.</summary>
internal sealed class SynCookieListener(ConnectionRegistry registry, TcpCounters counters, HostSecrets secrets, ReplyQueue replies)
{
    private readonly CookieMaker _cookies = new(secrets.Cookies);

    public void Answer(HostListener listener, in FourTuple tuple, scoped in TcpSegment syn, Instant now)
    {
        TcpSettings settings = listener.Settings;
        ConnectionStart start = registry.StartOf(tuple, default, now);
        var agreed = new Negotiation(settings, start);
        agreed.Take(syn);
        SegmentOptions options = agreed.SynOptions(isAnswer: true, settings.Options);
        bool hasEcn = agreed.HasTimestamps && agreed.HasEcn;
        if (agreed.HasTimestamps)
        {
            var offered = new CookieOptions(agreed.HasWindowScaling ? syn.Options.WindowScale : null, agreed.HasSack, hasEcn);
            options.TimestampValue = offered.WriteTo(new TimestampClock(start.TimestampOffset).Value(now));
            options.TimestampEcho = syn.Options.TimestampValue;
        }
        else
        {
            // Nothing will bring the rest back.
            options.Present &= SegmentOptionSet.MaximumSegmentSize;
        }

        ushort size = syn.Options.Has(SegmentOptionSet.MaximumSegmentSize) ? syn.Options.MaximumSegmentSize : start.DefaultSegmentSize;
        var answer = new TcpSegment
        {
            Sequence = _cookies.Make(tuple, syn.Sequence, size, now),
            Acknowledgment = syn.Sequence + 1,
            Bits = ControlBits.Syn | ControlBits.Ack | (hasEcn ? ControlBits.Ece : ControlBits.None),
            Window = new((ushort)Math.Min(settings.InitialReceiveWindow ?? settings.ReceiveBuffer, ushort.MaxValue)),
            Options = options,
        };
        if (replies.TryAdd(tuple, answer, settings.Options, settings.OptionOrder))
        {
            counters.Add(TcpCounter.SyncookiesSent);
            listener.LastCookieAt = now;
        }
    }

    /// <summary>The ACK may bring a cookie back: the connection that it then makes, in ESTABLISHED or beyond. Null when it brings none.</summary>
    public HostConnection? TryOpen(HostListener listener, in FourTuple tuple, scoped in TcpSegment ack, Instant now)
    {
        if (listener.LastCookieAt is not { } last || now - last > CookieMaker.Validity)
        {
            return null;
        }

        SeqNum cookie = ack.Acknowledgment + uint.MaxValue;
        SeqNum peerInitial = ack.Sequence + uint.MaxValue;
        if (!_cookies.TryRead(tuple, peerInitial, cookie, now, out ushort peerSegmentSize))
        {
            counters.Add(TcpCounter.SyncookiesFailed);
            return null;
        }

        counters.Add(TcpCounter.SyncookiesRecv);
        HostConnection connection = registry.Add(tuple, listener.Settings, cookie, listener, now);
        Repeat(connection, peerInitial, peerSegmentSize, ack, now);
        return connection;
    }

    /// <summary>
    /// The connection goes through the handshake that took place without it: it is shown the SYN as the cookie remembers it, and what it
    /// answers was sent long ago. When that was, the echoed timestamp tells; without one, a round trip of the first RTO is assumed.
    /// </summary>
    private static void Repeat(HostConnection connection, SeqNum peerInitial, ushort peerSegmentSize, scoped in TcpSegment ack, Instant now)
    {
        TcpConnection core = connection.Core;
        bool hasTimestamps = ack.Options.Has(SegmentOptionSet.Timestamps);
        var offered = hasTimestamps ? CookieOptions.Read(ack.Options.TimestampEcho) : default;
        SegmentOptionSet present = SegmentOptionSet.MaximumSegmentSize
            | (hasTimestamps ? SegmentOptionSet.Timestamps : SegmentOptionSet.None)
            | (offered.Scale is not null ? SegmentOptionSet.WindowScale : SegmentOptionSet.None)
            | (offered.HasSack ? SegmentOptionSet.SackPermitted : SegmentOptionSet.None);
        var syn = new TcpSegment
        {
            Sequence = peerInitial,
            Bits = ControlBits.Syn | (offered.HasEcn ? ControlBits.Ece | ControlBits.Cwr : ControlBits.None),
            Window = ack.Window,
            Options = new()
            {
                Present = present,
                MaximumSegmentSize = peerSegmentSize,
                WindowScale = offered.Scale ?? WindowScale.None,
                TimestampValue = ack.Options.TimestampValue,
            },
        };
        Instant? madeAt = hasTimestamps ? new TimestampClock(core.TimestampOffset).MadeAt(ack.Options.TimestampEcho, now) : null;
        Instant sentAt = madeAt ?? (now + connection.Listener!.Settings.InitialRto.Negate());
        core.Listen();
        core.OnSegment(syn, sentAt);
        core.TryTakeSegment(sentAt, out _);
    }
}
