using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>What is left of a connection in TIME-WAIT.</summary>
/// <param name="SendNext">SND.NXT.</param>
/// <param name="ReceiveNext">RCV.NXT.</param>
/// <param name="ReceiveWindow">RCV.WND, in octets.</param>
/// <param name="HasTimestamps">Both ends sent them.</param>
/// <param name="RecentTimestamp">TS.Recent.</param>
/// <param name="Scale">Of the windows that we send.</param>
internal readonly record struct TimeWaitFacts(
    SeqNum SendNext, SeqNum ReceiveNext, uint ReceiveWindow, bool HasTimestamps, uint RecentTimestamp, WindowScale Scale);

internal enum TimeWaitVerdict : byte
{
    Drop,

    /// <summary>Answer with an ACK.</summary>
    Acknowledge,

    /// <summary>The peer's FIN again: answer with an ACK and begin 2 MSL anew.</summary>
    Restart,

    /// <summary>A new connection by the same names (RFC 6191): forget the old one.</summary>
    Reopen,

    /// <summary>A RST that is believed: forget the connection (RFC 1337 calls it assassination).</summary>
    Forget,

    /// <summary>As <see cref="Forget"/>, and answer with a RST: a SYN in the window, when blind SYNs are not resisted.</summary>
    Reset,
}

/// <summary>A segment arrives in TIME-WAIT (RFC 9293 §3.10.7.4), for connections and for the records that hosts keep instead of them.</summary>
internal static class TimeWaitRules
{
    public static TimeWaitVerdict Judge(in TimeWaitFacts facts, scoped in TcpSegment segment, TcpSettings settings, out DropReason reason)
    {
        reason = DropReason.None;
        if (segment.Has(ControlBits.Syn))
        {
            return JudgeSyn(facts, segment, settings, ref reason);
        }

        bool isInside = IsInside(facts, segment);
        if (segment.Has(ControlBits.Rst))
        {
            bool isBelieved = isInside && !settings.ProtectTimeWait && (!settings.ResistBlindResets || segment.Sequence == facts.ReceiveNext);
            reason = isBelieved ? DropReason.None : DropReason.ResetInTimeWait;
            return isBelieved ? TimeWaitVerdict.Forget : TimeWaitVerdict.Drop;
        }

        if (!segment.Has(ControlBits.Ack))
        {
            reason = DropReason.NoAcknowledgment;
            return TimeWaitVerdict.Drop;
        }

        bool isOld = facts.HasTimestamps && segment.Options.Has(SegmentOptionSet.Timestamps)
            && unchecked((int)(segment.Options.TimestampValue - facts.RecentTimestamp)) < 0;
        reason = isOld ? DropReason.OldTimestamp : isInside ? DropReason.None : DropReason.OutsideWindow;
        bool isFinAgain = segment.Has(ControlBits.Fin) && segment.End == facts.ReceiveNext;
        return isFinAgain && !isOld ? TimeWaitVerdict.Restart
            : segment.Length > 0 || isOld || !isInside ? TimeWaitVerdict.Acknowledge
            : TimeWaitVerdict.Drop;
    }

    private static TimeWaitVerdict JudgeSyn(in TimeWaitFacts facts, scoped in TcpSegment segment, TcpSettings settings, ref DropReason reason)
    {
        if (settings.ReuseTimeWait && IsNewConnection(facts, segment))
        {
            return TimeWaitVerdict.Reopen;
        }

        reason = DropReason.SynUnexpected;
        return settings.ResistBlindSyns || !IsInside(facts, segment) ? TimeWaitVerdict.Acknowledge : TimeWaitVerdict.Reset;
    }

    /// <summary>RFC 6191 §2: a newer timestamp, or none to compare and a number beyond the last one.</summary>
    private static bool IsNewConnection(in TimeWaitFacts facts, scoped in TcpSegment segment)
    {
        if ((segment.Bits & (ControlBits.Syn | ControlBits.Ack | ControlBits.Rst | ControlBits.Fin)) != ControlBits.Syn)
        {
            return false;
        }

        bool comparable = facts.HasTimestamps && segment.Options.Has(SegmentOptionSet.Timestamps);
        int newer = unchecked((int)(segment.Options.TimestampValue - facts.RecentTimestamp));
        return (comparable && newer > 0) || ((!comparable || newer == 0) && segment.Sequence.IsAfter(facts.ReceiveNext));
    }

    private static bool IsInside(in TimeWaitFacts facts, scoped in TcpSegment segment)
        => segment.Sequence.IsInside(facts.ReceiveNext, new(Math.Max(facts.ReceiveWindow, 1)));
}
