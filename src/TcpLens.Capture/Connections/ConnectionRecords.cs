using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Makes the record of a connection out of what its slot remembers.</summary>
internal static class ConnectionRecords
{
    /// <remarks>The successor is the time of the first segment of the connection that takes its place; null when none does.</remarks>
    public static ConnectionRecord From(in ConnectionSlot slot, MarkLedger ledger, Timeline timeline, bool wasEvicted, long? successor)
    {
        ref readonly ConnectionTrack track = ref slot.Track;
        ref readonly EndTrack originator = ref track.Ends[0];
        ref readonly EndTrack responder = ref track.Ends[1];
        string history = track.Letters.ToString();
        return new()
        {
            Number = slot.Number,
            Originator = new(slot.Key.Originator, slot.Key.OriginatorPort),
            Responder = new(slot.Key.Responder, slot.Key.ResponderPort),
            FirstSeen = new(slot.FirstNanoseconds),
            LastSeen = new(slot.LastNanoseconds),
            Outcome = OutcomeJudge.Judge(in slot),
            ZeekState = ZeekStates.Describe(originator.Zeek, responder.Zeek, history, IsWithoutData(in originator, in responder)),
            History = history,
            FirstToClose = FirstToCloseOf(in originator, in responder),
            BeganHere = originator.Has(EndFacts.SentSyn) || responder.HasAny(EndFacts.SentSyn | EndFacts.SentSynAck),
            Timeline = timeline.Read(slot.FirstNanoseconds),
            IsTimelineCut = track.Steps.IsCut,
            TimeWait = TimeWaitOf(timeline, successor - slot.FirstNanoseconds),
            WasEvicted = wasEvicted,
            HandshakeRtt = slot.Ends[0].Loss.Handshake + slot.Ends[1].Loss.Handshake,
            SynToSynAck = slot.Ends[0].Loss.Handshake,
            FromOriginator = AccountOf(in slot.Ends[0], ledger),
            FromResponder = AccountOf(in slot.Ends[1], ledger),
        };
    }

    private static ConnectionEnd? FirstToCloseOf(in EndTrack originator, in EndTrack responder)
        => originator.Has(EndFacts.ClosedFirst) ? ConnectionEnd.Originator
            : responder.Has(EndFacts.ClosedFirst) ? ConnectionEnd.Responder
            : null;

    private static bool IsWithoutData(in EndTrack originator, in EndTrack responder) => StreamOf(in originator) == 0 && StreamOf(in responder) == 0;

    /// <summary>Octets of the end's stream as its sequence numbers tell, SYN and FIN left out.</summary>
    private static long StreamOf(in EndTrack end)
    {
        SeqNum last = end.Acknowledged.IsAfter(end.Highest) ? end.Acknowledged : end.Highest;
        long numbers = unchecked(last.Value - end.Start.Value);
        return Math.Max(0, numbers - 1 - (end.Has(EndFacts.SentFin) ? 1 : 0));
    }

    /// <summary>How long the TIME-WAIT of either end was, where a RST or a new SYN ended it.</summary>
    private static TimeSpan? TimeWaitOf(Timeline timeline, long? successor)
    {
        for (ConnectionEnd end = ConnectionEnd.Originator; end <= ConnectionEnd.Responder; end++)
        {
            if (timeline.TimeOf(end, TcpState.TimeWait) is { } since)
            {
                long? until = timeline[end].State == TcpState.Closed
                    ? timeline.TimeOf(end, TcpState.Closed)
                    : successor;
                return until is { } at ? new Instant(at) - new Instant(since) : null;
            }
        }

        return null;
    }

    private static EndAccount AccountOf(in EndSlot end, MarkLedger ledger)
    {
        var account = new EndAccount
        {
            Packets = end.Counts.Packets,
            PayloadOctets = end.Counts.PayloadOctets,
            IpOctets = end.Counts.IpOctets,
            Syns = end.Counts.Syns,
            SynAcks = end.Counts.SynAcks,
            Fins = end.Counts.Fins,
            Resets = end.Counts.Resets,
            DataSegments = end.Counts.DataSegments,
            PureAcks = end.Counts.PureAcks,
            UrgentSegments = ledger.Peek(end.MarkCounts, LedgerNote.Urgent),
            ZeroWindowFields = ledger.Peek(end.MarkCounts, LedgerNote.ZeroWindowFields),
            Rtt = end.Loss.RoundTrips.Summary,
        };
        SequenceAccounts.Fill(in end.Sequence, account);
        ledger.Read(end.MarkCounts, account);
        SequenceAccounts.SettleChecksums(in end.Sequence, account);
        return account;
    }
}
