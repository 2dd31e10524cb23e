using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>A segment arrives in SYN-SENT (RFC 9293 §3.10.7.3), step by step.</summary>
internal static class ArrivesInSynSent
{
    public static DropReason Process(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (CheckAck(core, segment) is var acknowledged and not DropReason.None)
        {
            return acknowledged;
        }

        if (segment.Has(ControlBits.Rst))
        {
            return CheckReset(core, segment);
        }

        return CheckSyn(core, segment, now);
    }

    /// <summary>First: an ACK must be of our SYN.</summary>
    private static DropReason CheckAck(ConnectionCore core, scoped in TcpSegment segment)
    {
        if (!segment.Has(ControlBits.Ack) || AcknowledgesSyn(core, segment))
        {
            return DropReason.None;
        }

        core.Answer(segment);
        return segment.Has(ControlBits.Rst) ? DropReason.ResetUnbelieved : DropReason.AckOfNoSyn;
    }

    /// <summary>Second: a RST counts when it acknowledges our SYN (RFC 5961 §3.2).</summary>
    private static DropReason CheckReset(ConnectionCore core, scoped in TcpSegment segment)
    {
        if (!segment.Has(ControlBits.Ack))
        {
            return DropReason.ResetUnbelieved;
        }

        core.Fail(TcpEvent.Reset, ConnectionError.Refused);
        return DropReason.None;
    }

    /// <summary>Fourth: the SYN, with or without an ACK of ours.</summary>
    private static DropReason CheckSyn(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (!segment.Has(ControlBits.Syn))
        {
            return segment.Has(ControlBits.Ack) ? DropReason.AckOfNoSyn : DropReason.NoAcknowledgment;
        }

        if (segment.Has(ControlBits.Fin) && !core.Settings.AcceptSynFin)
        {
            return DropReason.IllegalBits;
        }

        core.TakeSyn(segment, now);
        if (!segment.Has(ControlBits.Ack))
        {
            core.Receiver.KeepSynText(segment.Payload);
            core.Move(TcpEvent.Syn);
            core.OwesSyn = true;
            return DropReason.None;
        }

        core.Sender.SetWindow(segment);
        AckField.Acknowledge(core, segment, now);
        AckField.Establish(core, TcpEvent.SynAck, now);
        core.Receiver.Acks.Now();
        return segment.Payload.Length > 0 ? TakeRest(core, segment, now) : DropReason.None;
    }

    /// <summary>Data may come with a SYN-ACK: it is one number behind it.</summary>
    private static DropReason TakeRest(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        var rest = new TcpSegment
        {
            Sequence = segment.Sequence + 1,
            Acknowledgment = segment.Acknowledgment,
            Bits = segment.Bits & ~ControlBits.Syn,
            Payload = segment.Payload,
            SegmentSize = segment.SegmentSize,
        };
        return ArrivesSynchronized.ProcessText(core, rest, now);
    }

    private static bool AcknowledgesSyn(ConnectionCore core, scoped in TcpSegment segment)
        => segment.Acknowledgment.IsAfter(core.Sender.Initial) && !segment.Acknowledgment.IsAfter(core.Sender.Next);
}
