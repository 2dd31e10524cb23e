using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>The ACK field (RFC 9293 §3.10.7.4, fifth step): what it may say, what it covers, and the state that follows.</summary>
internal static class AckField
{
    public static DropReason Check(ConnectionCore core, scoped in TcpSegment segment, Instant now)
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
            if (!TellsNothing(core, segment))
            {
                Acknowledge(core, segment, now);
            }

            FollowAckOfSyn(core, segment, now);
            TakeWindow(core, segment);
            core.TellRoom();
        }
        else if (segment.Options.Has(SegmentOptionSet.Sack))
        {
            // An ACK that was overtaken may still tell of what has arrived beyond a hole.
            core.Recovery.OnAck(Facts(core, segment, now), now);
        }

        FollowAckOfFin(core, now);
        return DropReason.None;
    }

    /// <summary>An acceptable ACK: what it covers is done with, and the window it shows is taken (fifth step).</summary>
    public static void Acknowledge(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        Sender sender = core.Sender;
        TakeProbedOctet(core, segment);
        bool wasSynAcknowledged = sender.IsSynAcknowledged;
        core.Recovery.OnAck(Facts(core, segment, now), now);
        sender.OnAcknowledged(segment.Acknowledgment);
        if (!wasSynAcknowledged && sender.IsSynAcknowledged)
        {
            core.Recovery.OnEstablished(core.SegmentSize, core.Negotiation.HasSack, now);
        }
    }

    /// <summary>Both SYNs are acknowledged.</summary>
    public static void Establish(ConnectionCore core, TcpEvent @event, Instant now)
    {
        core.Move(@event);
        core.Tell(ConnectionEvents.Connected | ConnectionEvents.Writable);
        if (core.Receiver.TakeSynText(core.Settings.DelayedAck, now))
        {
            core.Tell(ConnectionEvents.Readable);
        }
    }

    /// <summary>In SYN-RECEIVED the peer's SYN may come again: our SYN-ACK was lost, or both opened at once (§3.5).</summary>
    public static bool IsPeersSynAgain(ConnectionCore core, scoped in TcpSegment segment)
        => segment.Has(ControlBits.Syn) && !segment.Has(ControlBits.Rst) && segment.Sequence == core.Receiver.Initial;

    /// <summary>The SYN-ACK again, or the end of a simultaneous open.</summary>
    public static DropReason AnswerSynAgain(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        bool completes = segment.Has(ControlBits.Ack) && segment.Acknowledgment == core.Sender.Next && core.Sender.IsSynSent;
        if (!completes)
        {
            core.OwesSyn = true;
            return DropReason.Duplicate;
        }

        core.Sender.SetWindow(segment);
        Acknowledge(core, segment, now);
        Establish(core, TcpEvent.SynAck, now);
        core.Receiver.Acks.Now();
        return DropReason.None;
    }

    /// <summary>The segments of a peer that only sends: nothing of ours is in flight, so recovery need not hear of each (header prediction elsewhere).</summary>
    private static bool TellsNothing(ConnectionCore core, scoped in TcpSegment segment)
        => segment.Acknowledgment == core.Sender.Unacknowledged && !core.Recovery.IsAnythingInFlight && core.Prober.Outstanding == 0
            && !segment.Options.Has(SegmentOptionSet.Sack) && !segment.Has(ControlBits.Ece);

    private static AckFacts Facts(ConnectionCore core, scoped in TcpSegment segment, Instant now)
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

    private static void FollowAckOfSyn(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (core.State == TcpState.SynReceived)
        {
            core.Sender.SetWindow(segment);
            Establish(core, TcpEvent.AckOfSyn, now);
        }
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
        core.BeginTimeWait(now);
    }
}
