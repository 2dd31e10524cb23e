using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Which segment leaves next, most urgent first: a RST, the SYN, what was lost, what is new, a probe, and an ACK if nothing carried it.
/// Each method asks one question and builds at most one segment.
/// </summary>
internal static class NextSegment
{
    public static bool TryTake(ConnectionCore core, Instant now, out TcpSegment segment)
    {
        if (TryTakeReset(core, now, out segment))
        {
            return true;
        }

        if (core.State is TcpState.Closed or TcpState.Listen)
        {
            return false;
        }

        bool taken = TryTakeSyn(core, now, out segment)
            || TryTakeLost(core, now, out segment)
            || TryTakeNew(core, now, out segment)
            || TryTakeWindowProbe(core, now, out segment)
            || TryTakeKeepAlive(core, now, out segment)
            || TryTakeAck(core, now, out segment);
        if (!taken)
        {
            Timers.WatchWindow(core, now);
            Timers.WatchCork(core, now);
        }

        return taken;
    }

    private static bool TryTakeReset(ConnectionCore core, Instant now, out TcpSegment segment)
    {
        segment = core.PendingReset switch
        {
            PendingReset.Own => SegmentBuilder.Reset(core, now),
            PendingReset.Answer => SegmentBuilder.ResetAnswer(core),
            _ => default,
        };
        bool isOne = core.PendingReset != PendingReset.None;
        core.PendingReset = PendingReset.None;
        return isOne;
    }

    /// <summary>Our SYN, with an ACK when the peer's is known: the first time, or because the peer asks again.</summary>
    private static bool TryTakeSyn(ConnectionCore core, Instant now, out TcpSegment segment)
    {
        segment = default;
        bool isFirst = !core.Sender.IsSynSent;
        if (!isFirst && !core.OwesSyn)
        {
            return false;
        }

        core.OwesSyn = false;
        var range = new SentRange(core.Sender.Initial, core.Sender.Initial + 1);
        if (isFirst)
        {
            core.Recovery.OnSent(range, now);
            core.Sender.OnSent(range, 1);
        }

        segment = SegmentBuilder.Syn(core, now);
        return true;
    }

    private static bool TryTakeLost(ConnectionCore core, Instant now, out TcpSegment segment)
    {
        segment = default;
        if (!core.Recovery.IsAnythingInFlight)
        {
            return false;
        }

        int limit = BurstLimit(core, out int segmentSize);
        bool hasNewData = core.Sender.IsSynAcknowledged && core.Sender.NextLength(segmentSize, segmentSize, Hurried(core)) > 0;
        if (!core.Recovery.TryTakeRetransmission(limit, WindowEnd(core), hasNewData, now, out SentRange range))
        {
            return false;
        }

        bool isSyn = range.Start == core.Sender.Initial && !core.Sender.IsSynAcknowledged;
        segment = isSyn ? SegmentBuilder.Syn(core, now) : SegmentBuilder.Data(core, range, segmentSize, isNew: false, now);
        return true;
    }

    private static bool TryTakeNew(ConnectionCore core, Instant now, out TcpSegment segment)
    {
        segment = default;
        Sender sender = core.Sender;
        if (!sender.HasUnsent || !sender.IsSynAcknowledged)
        {
            return false;
        }

        int limit = BurstLimit(core, out int segmentSize);
        int allowed = Math.Min(core.Recovery.Allowance(now), limit);
        ConnectionOptions options = core.IsCorkOver ? Hurried(core) : core.Options;
        int length = sender.NextLength(segmentSize, allowed, options);
        bool withFin = length == sender.Unsent && sender.HasUnsentFin && sender.WindowEnd - sender.Next > length;
        if (length == 0 && !withFin)
        {
            return false;
        }

        var range = new SentRange(sender.Next, sender.Next + (uint)(length + (withFin ? 1 : 0)));
        segment = SegmentBuilder.Data(core, range, segmentSize, isNew: true, now);
        core.Recovery.OnSent(range, now);
        sender.OnSent(range, segmentSize);
        core.Prober.OnTaken();
        core.Counters.Add(TcpCounter.TCPOrigDataSent, Math.Max((length + segmentSize - 1) / segmentSize, 1));
        if (sender.Unsent == 0)
        {
            (core.UncorkAt, core.IsCorkOver) = (Instant.Never, false);
            core.Recovery.OnApplicationLimited(now);
        }

        return true;
    }

    /// <summary>Into a closed window (RFC 9293 §3.8.6.1): one octet, or none, or as much as a small window takes.</summary>
    private static bool TryTakeWindowProbe(ConnectionCore core, Instant now, out TcpSegment segment)
    {
        segment = default;
        if (!core.Prober.IsDue)
        {
            return false;
        }

        segment = SegmentBuilder.WindowProbe(core, now, out int newOctets);
        core.Prober.OnSent(newOctets, now);
        core.Counters.Add(TcpCounter.TCPWinProbe);
        return true;
    }

    private static bool TryTakeKeepAlive(ConnectionCore core, Instant now, out TcpSegment segment)
    {
        segment = default;
        if (!core.KeepAlive.IsDue)
        {
            return false;
        }

        core.KeepAlive.OnSent(now);
        core.Counters.Add(TcpCounter.TCPKeepAlive);
        segment = SegmentBuilder.Probe(core, now);
        return true;
    }

    private static bool TryTakeAck(ConnectionCore core, Instant now, out TcpSegment segment)
    {
        segment = default;
        if (core.Receiver.Acks.Owed == 0 || core.State == TcpState.SynSent)
        {
            return false;
        }

        segment = SegmentBuilder.Ack(core, now);
        return true;
    }

    /// <summary>The most that one segment, or one burst of segments, may hold; and a full segment's payload with the SACK blocks it will carry (MUST-16).</summary>
    private static int BurstLimit(ConnectionCore core, out int segmentSize)
    {
        segmentSize = Math.Max(core.SegmentSize - core.Receiver.SackOptionLength(SegmentBuilder.SackRoom(core)), 1);
        return Math.Max(core.Negotiation.MaximumBurst - (core.Negotiation.MaximumBurst % segmentSize), segmentSize);
    }

    private static ConnectionOptions Hurried(ConnectionCore core) => core.Options.Cork ? core.Options with { Cork = false } : core.Options;

    /// <summary>
    /// Nothing beyond the window is sent again but the first segment, which finds out whether it opened (MAY-7). Before the handshake ends no
    /// window is known, and the SYN goes anyway.
    /// </summary>
    private static SeqNum WindowEnd(ConnectionCore core)
    {
        SeqNum first = core.Sender.Unacknowledged + (uint)core.SegmentSize;
        return first.IsAfter(core.Sender.WindowEnd) ? first : core.Sender.WindowEnd;
    }
}
