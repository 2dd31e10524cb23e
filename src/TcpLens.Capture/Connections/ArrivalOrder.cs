using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Octets below others that were sent, seen for the first time: held up on their way, or sent again after a loss before here.</summary>
internal static class ArrivalOrder
{
    private const SegmentMarks Resent = SegmentMarks.Retransmission | SegmentMarks.LostBefore;

    public static SegmentMarks Of(in CapturedSegment segment, Gap gap, bool acknowledgesMore, in LossState sender, in LossState receiver, NetworkPath path)
    {
        if (sender.Has(LossTraits.UsesTimestamps) && (segment.Options & SegmentOptions.Timestamps) != SegmentOptions.None)
        {
            // Its sender's clock at the time of sending (RFC 7323 §5.3): later or earlier than what it had sent by now.
            int later = (int)(segment.TimestampValue - sender.TimestampValue);
            if (later != 0)
            {
                return later > 0 ? Resent : SegmentMarks.OutOfOrder;
            }
        }

        if (sender.Has(LossTraits.CountsPackets) && segment.IpIdentification != 0)
        {
            // The same, packet by packet: Linux counts the packets of a connection in the identification.
            int later = (short)(segment.IpIdentification - sender.Identification);
            if (later != 0)
            {
                return later > 0 ? Resent : SegmentMarks.OutOfOrder;
            }
        }

        if (segment.HasAny(ControlBits.Ack) && segment.Acknowledgment != receiver.Acknowledged)
        {
            return SegmentMarks.OutOfOrder;
        }

        return acknowledgesMore || gap.MayBeAnswered(segment.TimeNanoseconds, path) ? Resent : SegmentMarks.OutOfOrder;
    }
}
