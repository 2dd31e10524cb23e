using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Says in one word how a connection began and ended (docs/outcomes.md).</summary>
internal static class OutcomeJudge
{
    public static ConnectionOutcome Judge(in ConnectionSlot slot)
    {
        ref readonly EndTrack originator = ref slot.Track.Ends[0];
        ref readonly EndTrack responder = ref slot.Track.Ends[1];
        bool isClosed = HasFinAcknowledged(in originator) && HasFinAcknowledged(in responder);
        if (isClosed)
        {
            return ConnectionOutcome.Closed;
        }

        if (originator.Has(EndFacts.SentReset) || responder.Has(EndFacts.SentReset))
        {
            return JudgeReset(in slot, in originator, in responder);
        }

        return (originator.Has(EndFacts.SentFin), responder.Has(EndFacts.SentFin)) switch
        {
            (true, true) => ConnectionOutcome.Closing,
            (true, false) when originator.Has(EndFacts.SentSyn) && !responder.Has(EndFacts.Spoke) => ConnectionOutcome.OneSided,
            (true, false) => ConnectionOutcome.HalfClosedByOriginator,
            (false, true) => ConnectionOutcome.HalfClosedByResponder,
            _ => JudgeOpen(in slot, in originator, in responder),
        };
    }

    private static ConnectionOutcome JudgeReset(in ConnectionSlot slot, in EndTrack originator, in EndTrack responder)
    {
        bool byOriginator = originator.Has(EndFacts.SentReset) && (!responder.Has(EndFacts.SentReset) || originator.Has(EndFacts.ClosedFirst));
        if (slot.Track.Steps.WasEstablished)
        {
            return byOriginator ? ConnectionOutcome.ResetByOriginator : ConnectionOutcome.ResetByResponder;
        }

        bool hadSyn = originator.Has(EndFacts.SentSyn);
        bool wasAnswered = responder.HasAny(EndFacts.SentSynAck | EndFacts.SentSyn);
        return (hadSyn, wasAnswered, byOriginator) switch
        {
            (false, false, _) => ConnectionOutcome.Stray,
            (_, _, true) => ConnectionOutcome.Abandoned,
            (true, false, false) => ConnectionOutcome.Refused,
            _ => ConnectionOutcome.ResetInHandshake,
        };
    }

    private static ConnectionOutcome JudgeOpen(in ConnectionSlot slot, in EndTrack originator, in EndTrack responder)
    {
        bool hadSyn = originator.Has(EndFacts.SentSyn);
        bool wasAnswered = responder.HasAny(EndFacts.SentSynAck | EndFacts.SentSyn);
        if (slot.Track.Steps.WasEstablished)
        {
            return hadSyn || wasAnswered ? ConnectionOutcome.Open : ConnectionOutcome.Midstream;
        }

        return (hadSyn, wasAnswered) switch
        {
            (_, true) => ConnectionOutcome.HalfOpen,
            (true, _) => ConnectionOutcome.Unanswered,
            _ => ConnectionOutcome.Stray,
        };
    }

    private static bool HasFinAcknowledged(in EndTrack end) => end.Has(EndFacts.SentFin | EndFacts.FinAcknowledged);
}
