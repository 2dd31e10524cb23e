using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>SEGMENT ARRIVES (RFC 9293 §3.10.7): which of its four parts a segment meets.</summary>
internal static class SegmentArrives
{
    public static DropReason Process(ConnectionCore core, scoped in TcpSegment segment, Instant now)
    {
        core.SegmentsReceived++;
        core.DataSegmentsReceived += segment.Payload.Length > 0 ? 1 : 0;
        return core.State switch
        {
            TcpState.Closed => InClosed(core, segment),
            TcpState.Listen => ArrivesInListen.Process(core, segment, now),
            TcpState.SynSent => ArrivesInSynSent.Process(core, segment, now),
            TcpState.TimeWait => ArrivesInTimeWait.Process(core, segment, now),
            _ => ArrivesSynchronized.Process(core, segment, now),
        };
    }

    /// <summary>§3.10.7.1.</summary>
    private static DropReason InClosed(ConnectionCore core, scoped in TcpSegment segment)
    {
        core.Answer(segment);
        return DropReason.Closed;
    }
}
