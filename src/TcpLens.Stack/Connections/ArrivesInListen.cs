using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>A segment arrives in LISTEN (RFC 9293 §3.10.7.2).</summary>
internal static class ArrivesInListen
{
    public static DropReason Process(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        if (segment.Has(ControlBits.Rst))
        {
            return DropReason.ResetUnbelieved;
        }

        if (segment.Has(ControlBits.Ack))
        {
            core.Answer(segment);
            return DropReason.AckOfNoSyn;
        }

        if (!segment.Has(ControlBits.Syn))
        {
            return DropReason.NoAcknowledgment;
        }

        if (segment.Has(ControlBits.Fin) && !core.Settings.AcceptSynFin)
        {
            return DropReason.IllegalBits;
        }

        core.TakeSyn(segment, now);
        core.Move(TcpEvent.Syn);
        return DropReason.None;
    }
}
