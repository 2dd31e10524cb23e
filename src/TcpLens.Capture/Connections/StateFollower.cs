using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Follows both ends through the transition table, by what each must have been in when it sent what was seen.</summary>
internal static class StateFollower
{
    private const ControlBits Control = ControlBits.Syn | ControlBits.Fin | ControlBits.Rst;

    /// <returns>The marks with those added that only the states tell.</returns>
    public static SegmentMarks Follow(
        ref readonly CapturedSegment segment, ConnectionEnd sender, SegmentMarks marks, ref ConnectionSlot connection, MarkLedger ledger)
    {
        ref ConnectionTrack track = ref connection.Track;
        if (track.IsCalm
            && (segment.Bits & (Control | ControlBits.Ack)) == ControlBits.Ack
            && TakesNext(in segment, ref EndTracks.Of(ref track.Ends, sender), ref EndTracks.Of(ref track.Ends, sender.Other)))
        {
            return marks;
        }

        return FollowSlowly(in segment, sender, marks, ref connection, ledger);
    }

    public static EndState StateOf(in ConnectionTrack track, ConnectionEnd end) => track.Timeline[end];

    /// <summary>True when both ends are done with each other: closed, in TIME-WAIT, or reset.</summary>
    public static bool HasEnded(in ConnectionTrack track)
        => !track.IsCalm && IsDone(track.Timeline[ConnectionEnd.Originator]) && IsDone(track.Timeline[ConnectionEnd.Responder]);

    /// <summary>True for the segment that most are: the next of its stream, of a kind that was seen before, with nothing else to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TakesNext(ref readonly CapturedSegment segment, ref EndTrack sender, ref EndTrack receiver)
    {
        OnceLetters letter = segment.PayloadLength > 0 ? OnceLetters.Data : OnceLetters.Ack;
        bool isNext = segment.Sequence == sender.Highest
            && (sender.Once & letter) != OnceLetters.None
            && (uint)segment.CapturedPayload >= segment.PayloadLength
            && segment.Window.Raw != 0
            && segment.Acknowledgment - receiver.Acknowledged >= 0
            && segment.Acknowledgment - receiver.Highest <= 0;
        if (isNext)
        {
            sender.Highest = segment.Sequence + segment.PayloadLength;
            receiver.Acknowledged = segment.Acknowledgment;
        }

        return isNext;
    }

    private static SegmentMarks FollowSlowly(
        ref readonly CapturedSegment segment, ConnectionEnd sender, SegmentMarks marks, ref ConnectionSlot connection, MarkLedger ledger)
    {
        ref ConnectionTrack track = ref connection.Track;
        ref EndTrack other = ref EndTracks.Of(ref track.Ends, sender.Other);
        bool knewOther = other.Has(EndFacts.IsPlaced);
        SeqNum acknowledged = other.Acknowledged;
        SeqNum next = EndTracks.Of(ref track.Ends, sender).Highest;
        if (IsClosed(track.Timeline[ConnectionEnd.Originator]) && IsClosed(track.Timeline[ConnectionEnd.Responder]))
        {
            marks |= SegmentMarks.AfterClose;
        }

        new HistoryWriter(in segment, sender, ref connection, ledger).Take();
        bool advances = knewOther && other.Acknowledged - acknowledged > 0;
        long at = unchecked(segment.TimeNanoseconds - connection.FirstNanoseconds);
        marks |= new SegmentEvidence(in segment, sender, ref track, at, next, advances).Take(marks);
        track.IsCalm = IsCalm(in track);
        return marks;
    }

    private static bool IsClosed(EndState end) => end is { Certainty: not Certainty.Unknown, State: TcpState.Closed };

    private static bool IsDone(EndState end) => end is { Certainty: not Certainty.Unknown, State: TcpState.Closed or TcpState.TimeWait or TcpState.Listen };

    private static bool IsCalm(in ConnectionTrack track)
        => IsOpen(in track.Ends[0], track.Timeline[ConnectionEnd.Originator]) && IsOpen(in track.Ends[1], track.Timeline[ConnectionEnd.Responder]);

    private static bool IsOpen(in EndTrack end, EndState state)
        => state == new EndState(TcpState.Established, Certainty.Seen)
            && end.Zeek is ZeekState.Established or ZeekState.Partial
            && !end.Has(EndFacts.HasHole);
}
