using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Follows both ends through the transition table, by what each must have been in when it sent what was seen.</summary>
internal sealed class StateFollower(MarkLedger ledger, int capacity)
{
    private const ControlBits Control = ControlBits.Syn | ControlBits.Fin | ControlBits.Rst;

    private readonly Slab<LaterSteps> _later = new(capacity);

    /// <returns>The marks with those added that only the states tell.</returns>
    public SegmentMarks Follow(ref readonly CapturedSegment segment, ConnectionEnd sender, SegmentMarks marks, ref ConnectionSlot connection)
    {
        ref EndTrack from = ref EndTracks.Of(ref connection.Track.Ends, sender);
        ref EndTrack to = ref EndTracks.Of(ref connection.Track.Ends, sender.Other);
        bool isOrdinary = from.Has(EndFacts.IsCalm) && (segment.Bits & (Control | ControlBits.Ack)) == ControlBits.Ack;
        return isOrdinary && TakesNext(in segment, ref from, ref to) ? marks : FollowSlowly(in segment, sender, marks, ref connection);
    }

    /// <summary>A segment that is dropped for its checksum moves nobody.</summary>
    public void Drop(ref readonly CapturedSegment segment, ConnectionEnd sender, ref ConnectionSlot connection)
        => new HistoryWriter(in segment, sender, ref connection, ledger).TakeBadChecksum();

    public Timeline TimelineOf(ref ConnectionTrack track) => new(ref track.Steps, _later);

    public void Forget(ref ConnectionTrack track)
    {
        if (track.Steps.Later != 0)
        {
            _later.Release(track.Steps.Later);
            track.Steps.Later = 0;
        }
    }

    public static EndState StateOf(in ConnectionTrack track, ConnectionEnd end) => track.Steps[end];

    /// <summary>True when both ends are done with each other: closed, in TIME-WAIT, or reset.</summary>
    public static bool HasEnded(in ConnectionTrack track)
        => IsDone(track.Steps.Originator) && IsDone(track.Steps.Responder);

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

    private SegmentMarks FollowSlowly(ref readonly CapturedSegment segment, ConnectionEnd sender, SegmentMarks marks, ref ConnectionSlot connection)
    {
        ref ConnectionTrack track = ref connection.Track;
        ref EndTrack other = ref EndTracks.Of(ref track.Ends, sender.Other);
        bool knewOther = other.Has(EndFacts.IsPlaced);
        SeqNum acknowledged = other.Acknowledged;
        SeqNum next = EndTracks.Of(ref track.Ends, sender).Highest;
        if (IsClosed(track.Steps.Originator) && IsClosed(track.Steps.Responder))
        {
            marks |= SegmentMarks.AfterClose;
        }

        new HistoryWriter(in segment, sender, ref connection, ledger).Take();
        if (IsOpen(track.Steps.Originator) && IsOpen(track.Steps.Responder) && (segment.Bits & (Control | ControlBits.Ack)) == ControlBits.Ack)
        {
            // Data and acknowledgments between two open ends move neither, be they old or new.
            EndTracks.Of(ref track.Ends, sender).Facts |= SegmentEvidence.SpokenBy(in segment);
        }
        else
        {
            bool advances = knewOther && other.Acknowledged - acknowledged > 0;
            long at = unchecked(segment.TimeNanoseconds - connection.FirstNanoseconds);
            marks |= new SegmentEvidence(in segment, sender, ref track, TimelineOf(ref track), at, next, advances).Take(marks);
        }

        NoteCalm(ref track);
        return marks;
    }

    private static bool IsClosed(EndState end) => end is { Certainty: not Certainty.Unknown, State: TcpState.Closed };

    private static bool IsDone(EndState end) => end is { Certainty: not Certainty.Unknown, State: TcpState.Closed or TcpState.TimeWait or TcpState.Listen };

    private static void NoteCalm(ref ConnectionTrack track)
    {
        bool isCalm = IsOpen(track.Steps.Originator) && IsOpen(track.Steps.Responder) && IsWhole(in track.Ends[0]) && IsWhole(in track.Ends[1]);
        EndFacts calm = isCalm ? EndFacts.IsCalm : EndFacts.None;
        track.Ends[0].Facts = (track.Ends[0].Facts & ~EndFacts.IsCalm) | calm;
        track.Ends[1].Facts = (track.Ends[1].Facts & ~EndFacts.IsCalm) | calm;
    }

    /// <summary>Not by the record's equality: compiled ahead of time, that puts each enum into an object.</summary>
    private static bool IsOpen(EndState end) => end is { Certainty: Certainty.Seen, State: TcpState.Established };

    private static bool IsWhole(in EndTrack end) => end.Zeek is ZeekState.Established or ZeekState.Partial && !end.Has(EndFacts.HasHole);
}
