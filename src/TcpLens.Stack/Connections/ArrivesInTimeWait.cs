using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>A segment arrives in TIME-WAIT (RFC 9293 §3.10.7.4; the judgement is <see cref="TimeWaitRules"/>').</summary>
internal static class ArrivesInTimeWait
{
    public static DropReason Process(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        switch (TimeWaitRules.Judge(core.TimeWaitFacts, segment, core.Settings, out DropReason reason))
        {
            case TimeWaitVerdict.Restart:
                core.EndsAt = now + core.Settings.TimeWait;
                core.Receiver.Acks.Now();
                break;
            case TimeWaitVerdict.Acknowledge:
                core.Challenge(now);
                break;
            case TimeWaitVerdict.Forget:
                core.End(TcpEvent.Reset);
                break;
            case TimeWaitVerdict.Reset:
                core.SendReset();
                core.Fail(TcpEvent.Reset, ConnectionError.Reset);
                break;
            case TimeWaitVerdict.Reopen:
                // A connection that stands alone cannot become another one: its host can, and does before the segment comes here.
                core.Challenge(now);
                return DropReason.SynUnexpected;
        }

        return reason;
    }
}
