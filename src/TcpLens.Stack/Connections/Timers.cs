using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Everything that a connection waits for (RFC 9293 §3.10.8 and §3.8): when the next is due, and what happens then.</summary>
internal static class Timers
{
    /// <summary>How long CORK may keep back what is there (Linux: 200 ms).</summary>
    private static readonly TimeSpan LongestCork = TimeSpan.FromMilliseconds(200);

    public static Instant Next(ConnectionCore core)
    {
        if (core.State is TcpState.Closed or TcpState.Listen)
        {
            return Instant.Never;
        }

        Instant next = Earlier(core.Recovery.NextTimeout, core.Receiver.Acks.DueAt);
        next = Earlier(next, Earlier(core.Prober.DueAt, core.EndsAt));
        next = Earlier(next, Earlier(core.UncorkAt, UserTimeoutAt(core)));
        return MayProbeIdle(core) ? Earlier(next, core.KeepAlive.DueAt(core.Options)) : next;
    }

    public static void Run(ConnectionCore core, Instant now)
    {
        if (core.State is TcpState.Closed or TcpState.Listen)
        {
            return;
        }

        if (now >= core.EndsAt)
        {
            core.End(core.State == TcpState.TimeWait ? TcpEvent.TwoMslTimeout : TcpEvent.UserTimeout);
            return;
        }

        if (now >= core.UncorkAt)
        {
            (core.UncorkAt, core.IsCorkOver) = (Instant.Never, true);
        }

        if (core.Receiver.Acks.OnTimeout(now))
        {
            core.Counters.Add(TcpCounter.DelayedACKs);
        }

        if (GivesUp(core, now) || IsDeserted(core, now))
        {
            return;
        }

        core.Prober.OnTimeout(now);
    }

    /// <summary>Nothing can leave now: if only the window is to blame, it has to be probed some time.</summary>
    public static void WatchWindow(ConnectionCore core, Instant now)
    {
        bool isBlocked = core.Sender.IsSynAcknowledged && !core.Recovery.IsAnythingInFlight && core.Sender.IsHeldByWindow(core.SegmentSize);
        if (isBlocked)
        {
            core.Prober.Arm(core.Recovery.Rto, core.Settings.MaximumRto, now);
        }
        else if (core.Recovery.IsAnythingInFlight)
        {
            core.Prober.Disarm();
        }
    }

    /// <summary>Nothing can leave now: CORK may be to blame, and may have been set after the octets came.</summary>
    public static void WatchCork(ConnectionCore core, Instant now)
    {
        if (core.Options.Cork && !core.IsCorkOver && core.UncorkAt == Instant.Never && core.Sender.Unsent > 0)
        {
            core.UncorkAt = now + LongestCork;
        }
    }

    /// <summary>R1 and R2 (RFC 9293 §3.8.3), the user timeout, and probes that nobody answers.</summary>
    private static bool GivesUp(ConnectionCore core, Instant now)
    {
        if (now >= core.Recovery.NextTimeout)
        {
            core.Recovery.OnTimeout(now);
            OnTrouble(core);
        }

        bool isLate = now >= UserTimeoutAt(core);
        if (!isLate && (!IsLastRetry(core, now) || UserTimeout(core) > TimeSpan.Zero))
        {
            return false;
        }

        core.Counters.Add(TcpCounter.TCPAbortOnTimeout);
        TimeOut(core);
        return true;
    }

    /// <summary>R2. A peer that keeps its window closed and says so is alive, whatever lies beyond its window (MUST-37, SHLD-17).</summary>
    private static bool IsLastRetry(ConnectionCore core, Instant now)
    {
        bool isClosedWindow = core.Sender.Window == WindowSize.Zero && core.Sender.IsSynAcknowledged;
        bool isLast = core.Recovery.Timeouts > Retries(core) || core.Prober.Unanswered > Retries(core);
        return isLast && (!isClosedWindow || now - core.KeepAlive.HeardAt > core.Settings.MaximumRto);
    }

    /// <summary>RFC 9293 §3.10.8: the user timeout; also keep-alives without an answer.</summary>
    private static void TimeOut(ConnectionCore core)
    {
        ConnectionError error = core.SoftError != ConnectionError.None ? core.SoftError : ConnectionError.TimedOut;
        core.Fail(TcpEvent.UserTimeout, error);
    }

    private static bool IsDeserted(ConnectionCore core, Instant now)
    {
        if (!MayProbeIdle(core) || now < core.KeepAlive.DueAt(core.Options) || core.KeepAlive.OnTimeout(core.Options))
        {
            return false;
        }

        core.Counters.Add(TcpCounter.TCPAbortOnTimeout);
        core.SendReset();
        TimeOut(core);
        return true;
    }

    private static void OnTrouble(ConnectionCore core)
    {
        bool isTrouble = core.Recovery.Timeouts >= core.Settings.TroubleRetries;
        if (isTrouble && !core.HasTroubleBeenTold)
        {
            core.Tell(ConnectionEvents.Trouble);
        }

        core.HasTroubleBeenTold = isTrouble;
        if (core.State == TcpState.SynSent && core.Recovery.Timeouts > 0)
        {
            core.Negotiation.GiveUpEcn();
        }
    }

    private static int Retries(ConnectionCore core) => core.State switch
    {
        TcpState.SynSent => core.Settings.SynRetries,
        TcpState.SynReceived => core.Settings.SynAckRetries,
        _ => core.IsOrphan ? core.Settings.OrphanRetries : core.Settings.DataRetries,
    };

    private static Instant UserTimeoutAt(ConnectionCore core)
    {
        TimeSpan timeout = UserTimeout(core);
        Instant since = Earlier(core.Recovery.OldestSentAt, core.Prober.UnansweredSince);
        return timeout > TimeSpan.Zero && since != Instant.Never ? since + timeout : Instant.Never;
    }

    private static TimeSpan UserTimeout(ConnectionCore core)
        => core.Options.AdvertiseUserTimeout && core.PeerUserTimeout > TimeSpan.Zero
            ? UserTimeoutOption.Agree(core.Options.UserTimeout, core.PeerUserTimeout)
            : core.Options.UserTimeout;

    private static bool MayProbeIdle(ConnectionCore core)
        => core.Options.KeepAlive && core.IsSynchronized && core.State != TcpState.TimeWait
            && !core.Recovery.IsAnythingInFlight && !core.Sender.HasUnsent;

    private static Instant Earlier(Instant one, Instant other) => one < other ? one : other;
}
