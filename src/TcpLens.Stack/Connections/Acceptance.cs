using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Whether a segment can belong here at all: its timestamp, then its sequence number (RFC 7323 §5.3, RFC 9293 §3.10.7.4, first step).</summary>
internal static class Acceptance
{
    /// <summary>R1 to R3 of RFC 7323 §5.3, before the sequence check. A RST is exempt.</summary>
    public static DropReason CheckTimestamp(ConnectionCore core, scoped in TcpSegment segment, Instant now)
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

    /// <summary>First: the sequence number (the four cases of §3.4, and RFC 5961's for SYNs).</summary>
    public static DropReason CheckSequence(ConnectionCore core, scoped in TcpSegment segment, Instant now)
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
}
