using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// A segment arrives in SYN-RECEIVED or a later state (RFC 9293 §3.10.7.4): the steps of the text, in its order. One thing is done before
/// them, as Linux and FreeBSD do: what has no ACK, SYN or RST is dropped without an answer, which the fifth step would do anyway.
/// </summary>
internal static class ArrivesSynchronized
{
    public static DropReason Process(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if ((segment.Bits & (ControlBits.Ack | ControlBits.Syn | ControlBits.Rst)) == ControlBits.None)
        {
            return DropReason.NoAcknowledgment;
        }

        if (core.State == TcpState.SynReceived && AckField.IsPeersSynAgain(core, segment))
        {
            return AckField.AnswerSynAgain(core, segment, now);
        }

        if (Acceptance.CheckTimestamp(core, segment, now) is var old and not DropReason.None)
        {
            return old;
        }

        if (Acceptance.CheckSequence(core, segment, now) is var outside and not DropReason.None)
        {
            return outside;
        }

        if (segment.Has(ControlBits.Rst))
        {
            return CheckReset(core, segment, now);
        }

        if (segment.Has(ControlBits.Syn))
        {
            return CheckSyn(core, segment, now);
        }

        if (AckField.Check(core, segment, now) is var acknowledged and not DropReason.None)
        {
            return acknowledged;
        }

        RememberTimestamp(core, segment, now);
        CheckUrgent(core, segment);
        CheckCongestion(core, segment);
        return core.State == TcpState.Closed ? DropReason.None : ProcessText(core, segment, now);
    }

    /// <summary>Seventh: the octets, then the FIN behind them (eighth).</summary>
    public static DropReason ProcessText(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (core.State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2))
        {
            return segment.Length > 0 ? AnswerAfterFin(core, segment) : DropReason.None;
        }

        if (segment.Payload.Length > 0 && core.IsOrphan && (segment.Sequence + (uint)segment.Payload.Length).IsAfter(core.Receiver.Next))
        {
            return RefuseData(core, segment);
        }

        DropReason reason = DropReason.None;
        if (segment.Payload.Length > 0)
        {
            int before = core.Receiver.Readable;
            reason = core.Receiver.TakeText(segment, core.Settings.DelayedAck, now);
            core.Tell(core.Receiver.Readable > before ? ConnectionEvents.Readable : ConnectionEvents.None);
        }

        CheckFin(core, segment, reason, now);
        return reason;
    }

    /// <summary>TS.Recent (RFC 7323 §4.3), of believed segments only: one that acknowledges what was never sent could shut out all that follow.</summary>
    private static void RememberTimestamp(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (core.Timestamps.IsAgreed && segment.Options.Has(SegmentOptionSet.Timestamps))
        {
            core.Timestamps.Update(segment, core.Receiver.LastAckSent, now);
        }
    }

    /// <summary>Second: the RST bit, as RFC 5961 §3.2 has it.</summary>
    private static DropReason CheckReset(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (core.Settings.ResistBlindResets && segment.Sequence != core.Receiver.Next)
        {
            core.Challenge(now);
            return DropReason.ResetNotExact;
        }

        if (core.State == TcpState.SynReceived && core.IsPassive)
        {
            core.Restart(TcpEvent.ResetOfPassiveOpen);
        }
        else
        {
            core.Fail(TcpEvent.Reset, core.State == TcpState.SynReceived ? ConnectionError.Refused : ConnectionError.Reset);
        }

        return DropReason.None;
    }

    /// <summary>Fourth: the SYN bit (RFC 5961 §4.2; without it, RFC 793's reset).</summary>
    private static DropReason CheckSyn(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (core.State == TcpState.SynReceived && core.IsPassive && !segment.Has(ControlBits.Ack))
        {
            core.Restart(TcpEvent.SynOfPassiveOpen);
            return DropReason.SynUnexpected;
        }

        if (core.Settings.ResistBlindSyns)
        {
            core.Counters.Add(TcpCounter.TCPSYNChallenge);
            core.Challenge(now);
            return DropReason.SynUnexpected;
        }

        core.SendReset();
        core.Fail(TcpEvent.Reset, ConnectionError.Reset);
        return DropReason.SynUnexpected;
    }

    /// <summary>Sixth: the URG bit.</summary>
    private static void CheckUrgent(ConnectionCore core, scoped in TcpSegment segment)
    {
        bool mayReceive = core.State is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2;
        if (segment.Has(ControlBits.Urg) && mayReceive && core.Receiver.TakeUrgent(segment))
        {
            core.Tell(ConnectionEvents.Urgent);
        }
    }

    /// <summary>RFC 3168 §6.1.3: a mark of congestion is echoed until the peer says that it slowed down.</summary>
    private static void CheckCongestion(ConnectionCore core, scoped in TcpSegment segment)
    {
        if (!core.Negotiation.HasEcn)
        {
            return;
        }

        if (segment.Has(ControlBits.Cwr))
        {
            core.Receiver.EchoesCongestion = false;
        }

        if (segment.Ecn == EcnCodepoint.CongestionExperienced)
        {
            core.Receiver.EchoesCongestion = true;
            core.Receiver.Acks.Now();
        }
    }

    /// <summary>Eighth: the FIN bit, when its turn has come.</summary>
    private static void CheckFin(ConnectionCore core, scoped in TcpSegment segment, DropReason text, Instant now)
    {
        bool wasTaken = segment.Has(ControlBits.Fin) && text != DropReason.NoRoom
            ? core.Receiver.TakeFin(segment.End + uint.MaxValue)
            : core.Receiver.TryTakeHeldFin();
        if (wasTaken)
        {
            core.Move(TcpEvent.Fin);
            core.Tell(ConnectionEvents.PeerClosed | ConnectionEvents.Readable);
            core.BeginTimeWait(now);
        }
        else if (segment.Has(ControlBits.Fin))
        {
            core.Receiver.Acks.Now();
        }
    }

    /// <summary>A FIN or octets again, after the peer's FIN: our ACK was lost.</summary>
    private static DropReason AnswerAfterFin(ConnectionCore core, scoped in TcpSegment segment)
    {
        core.Receiver.Acks.Now();
        return segment.Sequence.IsBefore(core.Receiver.Next) ? DropReason.Duplicate : DropReason.BeyondFin;
    }

    /// <summary>SHLD-3: octets that nobody will read. The peer must know that they are lost; it hears what a closed port would answer (§3.10.7.1).</summary>
    private static DropReason RefuseData(ConnectionCore core, scoped in TcpSegment segment)
    {
        core.Counters.Add(TcpCounter.TCPAbortOnData);
        core.Answer(segment);
        core.Fail(TcpEvent.Abort, ConnectionError.Aborted);
        return DropReason.NobodyReads;
    }
}
