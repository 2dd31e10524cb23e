using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Makes the record of a connection out of what its slot remembers.</summary>
internal static class ConnectionRecords
{
    public static ConnectionRecord From(in ConnectionSlot slot, MarkLedger ledger, bool wasEvicted) => new()
    {
        Number = slot.Number,
        Originator = new(slot.Key.Originator, slot.Key.OriginatorPort),
        Responder = new(slot.Key.Responder, slot.Key.ResponderPort),
        FirstSeen = new(slot.FirstNanoseconds),
        LastSeen = new(slot.LastNanoseconds),
        Outcome = ConnectionOutcome.Midstream,
        ZeekState = "OTH",
        History = "",
        Timeline = [],
        WasEvicted = wasEvicted,
        HandshakeRtt = slot.Ends[0].Loss.HandshakeTicks * slot.Ends[1].Loss.HandshakeTicks != 0
            ? new(slot.Ends[0].Loss.HandshakeTicks + (long)slot.Ends[1].Loss.HandshakeTicks) : null,
        SynToSynAck = slot.Ends[0].Loss.HandshakeTicks != 0 ? new(slot.Ends[0].Loss.HandshakeTicks) : null,
        FromOriginator = AccountOf(in slot.Ends[0], ledger),
        FromResponder = AccountOf(in slot.Ends[1], ledger),
    };

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
            UrgentSegments = end.Counts.Urgent,
            ZeroWindowFields = end.Counts.ZeroWindowFields,
            Rtt = end.Loss.RoundTrips.Summary,
        };
        SequenceAccounts.Fill(in end.Sequence, account);
        ledger.Read(end.MarkCounts, account);
        SequenceAccounts.SettleChecksums(in end.Sequence, account);
        return account;
    }
}
