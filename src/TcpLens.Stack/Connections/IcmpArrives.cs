using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>ICMP errors (RFC 9293 §3.9.2.2): believed only when they quote a number in flight (RFC 5927 §4).</summary>
internal static class IcmpArrives
{
    public static DropReason Process(ConnectionCore core, SeqNum quoted, ConnectionError error, bool isHard, ushort segmentSize, Instant now)
    {
        Sender sender = core.Sender;
        bool isInFlight = !quoted.IsBefore(sender.Unacknowledged) && quoted.IsBefore(sender.Next);
        if (!isInFlight || core.State is TcpState.Closed or TcpState.Listen or TcpState.TimeWait)
        {
            core.Counters.Add(TcpCounter.OutOfWindowIcmps);
            return DropReason.IcmpUnbelieved;
        }

        if (segmentSize > 0)
        {
            if (core.Negotiation.SetPathSegmentSize(segmentSize))
            {
                core.Recovery.OnSegmentSize(core.SegmentSize, now);
            }

            return DropReason.None;
        }

        // RFC 5927 §5.2, RFC 5461: a hard error ends an attempt to connect; a synchronized connection lives on.
        if (isHard && core.State is TcpState.SynSent or TcpState.SynReceived && isHard)
        {
            core.Fail(TcpEvent.UserTimeout, error);
            return DropReason.None;
        }

        core.TellSoftError(error);
        return DropReason.None;
    }
}
