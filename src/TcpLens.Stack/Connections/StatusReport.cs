namespace TcpLens.Stack;

/// <summary>STATUS (RFC 9293 §3.10.6).</summary>
internal static class StatusReport
{
    public static ConnectionStatus Of(ConnectionCore core)
    {
        Sender sender = core.Sender;
        Receiver receiver = core.Receiver;
        var status = new ConnectionStatus
        {
            State = core.State,
            Probes = Math.Max(core.Prober.Unanswered, core.KeepAlive.Unanswered),
            HasTimestamps = core.Negotiation.HasTimestamps,
            HasSack = core.Negotiation.HasSack,
            HasWindowScaling = core.Negotiation.HasWindowScaling,
            HasEcn = core.Negotiation.HasEcn,
            SendWindowShift = sender.Scale.Shift,
            ReceiveWindowShift = receiver.Scale.Shift,
            SendSegmentSize = core.SegmentSize,
            ReceiveSegmentSize = receiver.SegmentSize,
            AdvertisedSegmentSize = core.Negotiation.AdvertisedSegmentSize(core.Options),
            SegmentsSent = core.SegmentsSent,
            SegmentsReceived = core.SegmentsReceived,
            DataSegmentsSent = core.DataSegmentsSent,
            DataSegmentsReceived = core.DataSegmentsReceived,
            OctetsSent = core.OctetsSent,
            OctetsAcknowledged = sender.OctetsAcknowledged,
            OctetsReceived = receiver.OctetsReceived,
            NotSent = sender.Unsent,
            OutOfOrderReceived = receiver.OutOfOrder,
            SendWindow = sender.Window.Octets,
            ReceiveWindow = receiver.Window.Octets,
            SendUnacknowledged = sender.Unacknowledged,
            SendNext = sender.Next,
            ReceiveNext = receiver.Next,
            SendQueue = sender.Queued + (sender.IsFinQueued && !sender.IsFinAcknowledged ? 1 : 0),
            ReceiveQueue = receiver.Readable,
        };
        return core.Recovery.Describe(status);
    }
}
