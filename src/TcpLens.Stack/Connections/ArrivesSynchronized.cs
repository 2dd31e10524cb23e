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

        if (core.State == TcpState.SynReceived && IsPeersSynAgain(core, segment))
        {
            return AnswerSynAgain(core, segment, now);
        }

        if (CheckTimestamp(core, segment, now) is var old and not DropReason.None)
        {
            return old;
        }

        if (CheckSequence(core, segment, now) is var outside and not DropReason.None)
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

        if (CheckAck(core, segment, now) is var acknowledged and not DropReason.None)
        {
            return acknowledged;
        }

        RememberTimestamp(core, segment, now);
        CheckUrgent(core, segment);
        CheckCongestion(core, segment);
        return core.State == TcpState.Closed ? DropReason.None : ProcessText(core, segment, now);
    }

    /// <summary>An acceptable ACK: what it covers is done with, and the window it shows is taken (fifth step).</summary>
    public static void Acknowledge(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        Sender sender = core.Sender;
        TakeProbedOctet(core, segment);
        bool wasSynAcknowledged = sender.IsSynAcknowledged;
        core.Recovery.OnAck(AckFacts(core, segment, now), now);
        sender.OnAcknowledged(segment.Acknowledgment);
        if (!wasSynAcknowledged && sender.IsSynAcknowledged)
        {
            core.Recovery.OnEstablished(core.SegmentSize, core.Negotiation.HasSack, now);
        }
    }

    private static AckFacts AckFacts(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        Instant? madeAt = core.Timestamps.IsAgreed && segment.Options.TimestampEcho != 0
            ? core.Timestamps.MadeAt(segment.Options.TimestampEcho, now) : null;
        return new()
        {
            Acknowledgment = segment.Acknowledgment,
            Unacknowledged = core.Sender.Unacknowledged,
            Sack = core.Negotiation.HasSack ? segment.Options.Sack : default,
            IsBare = segment.Length == 0 && (segment.Window << core.Sender.Scale) == core.Sender.Window,
            ReportsCongestion = core.Negotiation.HasEcn && segment.Has(ControlBits.Ece) && !segment.Has(ControlBits.Syn),
            EchoedSentAt = madeAt,
            EchoedRtt = madeAt is { } made ? now - made : null,
        };
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

    /// <summary>R1 to R3 of RFC 7323 §5.3, before the sequence check. A RST is exempt.</summary>
    private static DropReason CheckTimestamp(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (!core.Timestamps.IsAgreed || segment.Has(ControlBits.Rst))
        {
            return DropReason.None;
        }

        if (!segment.Options.Has(SegmentOptionSet.Timestamps))
        {
            return core.Settings.RequireTimestamps && !segment.Has(ControlBits.Syn) ? DropReason.MissingTimestamp : DropReason.None;
        }

        if (!core.Timestamps.IsOld(segment.Options.TimestampValue, now))
        {
            return DropReason.None;
        }

        core.Counters.Add(TcpCounter.PAWSEstab);
        Refuse(core, segment, now);
        return DropReason.OldTimestamp;
    }

    /// <summary>TS.Recent (RFC 7323 §4.3), of believed segments only: one that acknowledges what was never sent could shut out all that follow.</summary>
    private static void RememberTimestamp(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (core.Timestamps.IsAgreed && segment.Options.Has(SegmentOptionSet.Timestamps))
        {
            core.Timestamps.Update(segment, core.Receiver.LastAckSent, now);
        }
    }

    /// <summary>First: the sequence number (the four cases of §3.4, and RFC 5961's for SYNs).</summary>
    private static DropReason CheckSequence(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (IsAcceptable(core.Receiver, segment))
        {
            core.KeepAlive.OnHeard(now);
            return DropReason.None;
        }

        if (segment.Has(ControlBits.Rst))
        {
            return DropReason.ResetUnbelieved;
        }

        Refuse(core, segment, now);
        return segment.Payload.Length > 0 && !segment.End.IsAfter(core.Receiver.Next) ? DropReason.Duplicate : DropReason.OutsideWindow;
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

    /// <summary>Fifth: the ACK field.</summary>
    private static DropReason CheckAck(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (core.State == TcpState.SynReceived && CheckAckOfSyn(core, segment) is var wrong and not DropReason.None)
        {
            return wrong;
        }

        SeqNum highest = core.Sender.Next + (uint)core.Prober.Outstanding;
        if (segment.Acknowledgment.IsAfter(highest))
        {
            core.Challenge(now);
            return DropReason.AckOfUnsentData;
        }

        bool isOld = segment.Acknowledgment.IsBefore(core.Sender.Unacknowledged);
        if (isOld && core.Settings.ResistBlindData
            && core.Sender.Unacknowledged - segment.Acknowledgment > core.Sender.LargestWindow.Octets)
        {
            core.Challenge(now);
            return DropReason.AckTooOld;
        }

        if (!isOld)
        {
            Acknowledge(core, segment, now);
            Established(core, segment);
            TakeWindow(core, segment);
            core.TellRoom();
        }
        else if (segment.Options.Has(SegmentOptionSet.Sack))
        {
            // An ACK that was overtaken may still tell of what has arrived beyond a hole.
            core.Recovery.OnAck(AckFacts(core, segment, now), now);
        }

        FollowAckOfFin(core, now);
        return DropReason.None;
    }

    /// <summary>Sixth: the URG bit.</summary>
    private static void CheckUrgent(ConnectionCore core, scoped in TcpSegment segment)
    {
        bool counts = segment.Has(ControlBits.Urg) && core.State is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2;
        if (counts && segment.Has(ControlBits.Urg) && core.Receiver.TakeUrgent(segment))
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
            BeginTimeWait(core, now);
        }
        else if (segment.Has(ControlBits.Fin))
        {
            core.Receiver.Acks.Now();
        }
    }

    private static bool IsAcceptable(Receiver receiver, scoped in TcpSegment segment)
    {
        WindowSize window = receiver.Window;
        if (segment.Sequence == receiver.Next)
        {
            return true;    // Also into a window of zero: its ACK, URG and RST count (MUST-66), its text finds no room.
        }

        bool isBareAck = segment.Length == 0 && (segment.Bits & (ControlBits.Rst | ControlBits.Syn)) == ControlBits.None;
        if (isBareAck && segment.Sequence == receiver.WindowEnd)
        {
            return true;    // From a peer that filled the window and lost some of it: refusing its ACKs would stop the other direction.
        }

        return segment.Sequence.IsInside(receiver.Next, window)
            || (segment.Length > 0 && (segment.End + uint.MaxValue).IsInside(receiver.Next, window));
    }

    /// <summary>What is not acceptable is answered with an ACK: without limit when it brings octets, within a budget when not.</summary>
    private static void Refuse(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (segment.Payload.Length > 0 || segment.Has(ControlBits.Fin))
        {
            core.Receiver.OnRefused(segment);
        }
        else
        {
            core.Challenge(now);
        }
    }

    /// <summary>In SYN-RECEIVED the peer's SYN may come again: our SYN-ACK was lost, or both opened at once (§3.5).</summary>
    private static bool IsPeersSynAgain(ConnectionCore core, scoped in TcpSegment segment)
        => segment.Has(ControlBits.Syn) && !segment.Has(ControlBits.Rst) && segment.Sequence == core.Receiver.Initial;

    private static DropReason AnswerSynAgain(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        bool completes = segment.Has(ControlBits.Ack) && segment.Acknowledgment == core.Sender.Next && core.Sender.IsSynSent;
        if (!completes)
        {
            core.OwesSyn = true;
            return DropReason.Duplicate;
        }

        core.Sender.SetWindow(segment);
        Acknowledge(core, segment, now);
        core.Move(TcpEvent.SynAck);
        core.Tell(ConnectionEvents.Connected | ConnectionEvents.Writable);
        core.Receiver.Acks.Now();
        return DropReason.None;
    }

    private static DropReason CheckAckOfSyn(ConnectionCore core, scoped in TcpSegment segment)
    {
        bool isGood = segment.Acknowledgment.IsAfter(core.Sender.Unacknowledged) && !segment.Acknowledgment.IsAfter(core.Sender.Next);
        if (isGood)
        {
            return DropReason.None;
        }

        core.Answer(segment);
        return DropReason.AckOfNoSyn;
    }

    private static void Established(ConnectionCore core, scoped in TcpSegment segment)
    {
        if (core.State != TcpState.SynReceived)
        {
            return;
        }

        core.Sender.SetWindow(segment);
        core.Move(TcpEvent.AckOfSyn);
        core.Tell(ConnectionEvents.Connected | ConnectionEvents.Writable);
    }

    private static void TakeWindow(ConnectionCore core, scoped in TcpSegment segment)
    {
        core.Sender.OnWindow(segment);
        core.Prober.OnAnswer();
        if (!core.Sender.IsHeldByWindow(1))
        {
            core.Prober.Disarm();
        }
    }

    /// <summary>A window probe carried an octet that did not count as sent: the peer took it.</summary>
    private static void TakeProbedOctet(ConnectionCore core, scoped in TcpSegment segment)
    {
        if (core.Prober.Outstanding > 0 && segment.Acknowledgment.IsAfter(core.Sender.Next))
        {
            core.Recovery.OnSent(core.Sender.TakeProbed(), core.Prober.SentAt);
            core.Prober.OnTaken();
        }
    }

    /// <summary>Our FIN is acknowledged: on to the next state.</summary>
    private static void FollowAckOfFin(ConnectionCore core, Instant now)
    {
        if (!core.Sender.IsFinAcknowledged || core.State is not (TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck))
        {
            return;
        }

        if (core.State == TcpState.LastAck)
        {
            core.End(TcpEvent.AckOfFin);
            return;
        }

        core.Move(TcpEvent.AckOfFin);
        UserCalls.LimitOrphan(core, now);
        BeginTimeWait(core, now);
    }

    private static void BeginTimeWait(ConnectionCore core, Instant now)
    {
        if (core.State == TcpState.TimeWait)
        {
            core.EndsAt = now + core.Settings.TimeWait;
            core.Counters.Add(TcpCounter.TW);
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
