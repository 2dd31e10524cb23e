using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>What programs ask for (RFC 9293 §3.10.2 to §3.10.5).</summary>
internal static class UserCalls
{
    public static void Connect(ConnectionCore core, Instant now)
    {
        core.IsPassive = false;
        core.Move(TcpEvent.ActiveOpen);
        core.KeepAlive.OnHeard(now);
        core.Counters.Add(TcpCounter.ActiveOpens);
    }

    public static int Send(ConnectionCore core, ReadOnlySpan<byte> octets, bool isUrgent, Instant now)
    {
        if (!core.CanSend || core.Sender.IsFinQueued || core.IsOrphan)
        {
            throw new InvalidOperationException($"A connection in {core.State.Name(StateSpelling.Rfc)} sends nothing more");
        }

        _ = now;
        int taken = core.Sender.Append(octets);
        core.IsWriterWaiting |= taken < octets.Length || core.Sender.Room == 0;
        if (isUrgent && taken > 0)
        {
            core.Sender.MarkUrgent();
        }

        return taken;
    }

    public static void Skip(ConnectionCore core, int octets, Instant now)
    {
        _ = now;
        core.Receiver.Skip(octets);
        bool mayReceive = core.State is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2;
        if (mayReceive && core.Receiver.WantsWindowUpdate)
        {
            core.Receiver.Acks.Now();
        }

    }

    public static void CloseSending(ConnectionCore core, Instant now)
    {
        switch (core.State)
        {
            case TcpState.Listen or TcpState.SynSent:
                core.End(TcpEvent.Close);
                break;
            case TcpState.SynReceived or TcpState.Established or TcpState.CloseWait:
                core.Sender.QueueFin();
                core.Move(TcpEvent.Close);
                break;
        }

        LimitOrphan(core, now);
    }

    public static void Close(ConnectionCore core, Instant now)
    {
        bool losesData = core.Receiver.Readable > 0;
        core.IsOrphan = true;
        if (core.State == TcpState.Closed)
        {
            core.Receiver.Clear();
        }
        else if (losesData && core.IsSynchronized && core.State != TcpState.TimeWait)
        {
            core.Counters.Add(TcpCounter.TCPAbortOnClose);
            Abort(core, now);
        }
        else
        {
            CloseSending(core, now);
        }
    }

    public static void Abort(ConnectionCore core, Instant now)
    {
        _ = now;
        core.IsOrphan = true;
        if (core.State == TcpState.Closed)
        {
            return;
        }

        if (core.State is TcpState.SynReceived or TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.CloseWait)
        {
            core.SendReset();
        }

        core.Fail(TcpEvent.Abort, ConnectionError.Aborted);
    }

    /// <summary>FIN-WAIT-2 has no timer in the RFC; without a program it would last for ever when the peer never closes (Linux: tcp_fin_timeout).</summary>
    public static void LimitOrphan(ConnectionCore core, Instant now)
    {
        if (core.IsOrphan && core.State == TcpState.FinWait2 && core.EndsAt == Instant.Never)
        {
            core.EndsAt = now + core.Settings.OrphanFinWait2;
        }
    }
}
