using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Decides whether a segment between known ports belongs to the connection that is there or begins the next one.</summary>
internal static class Succession
{
    /// <summary>RFC 9293 §3.4.2: a TIME-WAIT lasts twice two minutes at most.</summary>
    private const long LongestTimeWait = 240_000_000_000;

    /// <summary>
    /// True when the segment opens a new connection in the place of the present one: a SYN of another initial sequence number than its
    /// sender has, a SYN-ACK of another one after the end, or anything after too long a silence.
    /// </summary>
    public static bool Succeeds(ref readonly CapturedSegment segment, ConnectionEnd sender, ref readonly ConnectionSlot present, AnalyzerOptions options)
        => IsNewSyn(in segment, in present.Track.Ends[(int)sender], present.HasEnded)
            || (options.HasPatience && IsAfterSilence(in segment, in present, options));

    private static bool IsNewSyn(ref readonly CapturedSegment segment, ref readonly EndTrack sender, bool hasEnded)
        => (segment.Bits & (ControlBits.Syn | ControlBits.Fin | ControlBits.Rst)) == ControlBits.Syn
            && segment.Sequence != sender.Start
            && (segment.Has(ControlBits.Ack) ? hasEnded && sender.Has(EndFacts.SentSynAck) : sender.Has(EndFacts.IsPlaced));

    private static bool IsAfterSilence(ref readonly CapturedSegment segment, ref readonly ConnectionSlot present, AnalyzerOptions options)
    {
        TimeSpan? patience = present.HasEnded ? options.Linger ?? options.Idle : options.Idle;
        return patience is { } silence && segment.TimeNanoseconds - present.LastNanoseconds >= silence.TotalNanoseconds;
    }

    /// <summary>What the first segment of a successor is marked with.</summary>
    public static SegmentMarks MarksOf(ref readonly CapturedSegment segment, ConnectionEnd sender, ref readonly ConnectionSlot present, Timeline timeline)
    {
        if (!segment.Has(ControlBits.Syn))
        {
            return SegmentMarks.None;
        }

        return EndsTimeWait(in segment, sender.Other, in present, timeline) && !segment.Has(ControlBits.Ack)
            ? SegmentMarks.PortReuse | SegmentMarks.Reincarnation
            : SegmentMarks.PortReuse;
    }

    /// <summary>RFC 6191: the receiver is in TIME-WAIT, and the SYN lies beyond all that its sender sent before, or carries a timestamp.</summary>
    private static bool EndsTimeWait(ref readonly CapturedSegment segment, ConnectionEnd receiver, ref readonly ConnectionSlot present, Timeline timeline)
    {
        EndState state = timeline[receiver];
        long? since = timeline.TimeOf(receiver, TcpState.TimeWait);
        return state is { Certainty: not Certainty.Unknown, State: TcpState.TimeWait }
            && since is { } at && segment.TimeNanoseconds - present.FirstNanoseconds - at < LongestTimeWait
            && ((segment.Options & SegmentOptions.Timestamps) != SegmentOptions.None || segment.Sequence.IsAfter(present.Track.Ends[(int)receiver.Other].Highest));
    }

    /// <summary>
    /// True when the sender of the first segment of a connection is the responder: it answers a SYN that was not captured, or its port
    /// is one that servers listen on and the other is not.
    /// </summary>
    public static bool IsFromResponder(ref readonly CapturedSegment first)
    {
        if (first.Has(ControlBits.Syn))
        {
            return first.Has(ControlBits.Ack);
        }

        bool isSourceKnown = ServerPorts.Contains(first.SourcePort);
        bool isDestinationKnown = ServerPorts.Contains(first.DestinationPort);
        return isSourceKnown && (!isDestinationKnown || first.SourcePort < first.DestinationPort);
    }
}
