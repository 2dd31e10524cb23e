using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>A TCP segment arrives at a host: whose is it? A connection's, a record's in TIME-WAIT, a listener's, or nobody's.</summary>
internal sealed class SegmentInput(
    ConnectionRegistry registry, HostAddresses addresses, ListenerTable listeners, TcpCounters counters,
    TimeWaitInput timeWaits, Handshakes handshakes, StraySegments strays)
{
    public DropReason Process(IncomingPacket packet, PacketOffload offload, Instant now)
    {
        counters.Add(TcpCounter.InSegs, SegmentsIn(packet, offload));
        if (!TcpHeader.TryParse(packet.Payload, out TcpHeader header, out _) || header.IsCut)
        {
            counters.Add(TcpCounter.InErrs);
            return DropReason.Malformed;
        }

        // A sum that is left to a device was never on a wire: there is nothing that could have been damaged.
        if (!offload.IsChecksumVerified && !offload.IsChecksumPartial && !packet.IsChecksumRight)
        {
            counters.Add(TcpCounter.InErrs);
            counters.Add(TcpCounter.InCsumErrors);
            return DropReason.BadChecksum;
        }

        var tuple = new FourTuple(new(packet.Destination, header.DestinationPort), new(packet.Source, header.SourcePort));
        var segment = TcpSegment.Read(header, packet.Payload[header.HeaderLength..], packet.Ecn, offload.SegmentSize);
        return registry.Table.Find(tuple) is { } connection ? Deliver(connection, segment, now) : FindTaker(tuple, segment, now);
    }

    private DropReason Deliver(HostConnection connection, scoped in TcpSegment segment, Instant now)
    {
        if (connection.IsHalfOpen)
        {
            return handshakes.OnHalfOpen(connection, segment, now);
        }

        if (connection.State == TcpState.TimeWait && segment.Has(ControlBits.Syn) && IsReopened(connection, segment, out HostListener? listener))
        {
            SeqNum sendNext = connection.Core.TimeWait.SendNext;
            registry.EndTimeWait(connection);
            counters.Add(TcpCounter.TWRecycled);
            return handshakes.OnSegment(listener!, connection.Tuple, segment, sendNext, now);
        }

        bool hasRoom = registry.Buffers.HasRoomFor(connection, segment);
        DropReason reason = connection.Core.OnSegment(hasRoom ? segment : BufferBudget.WithoutText(segment), now);
        registry.Touch(connection);
        return hasRoom || reason != DropReason.None ? reason : DropReason.HostLimit;
    }

    private bool IsReopened(HostConnection connection, scoped in TcpSegment segment, out HostListener? listener)
    {
        listener = listeners.Find(connection.Local);
        return listener is not null
            && TimeWaitRules.Judge(connection.Core.TimeWait, segment, listener.Settings, out _) == TimeWaitVerdict.Reopen;
    }

    /// <summary>No connection. Only now the addresses are looked at: those of a connection are good (MUST-57, MUST-63).</summary>
    private DropReason FindTaker(in FourTuple tuple, scoped in TcpSegment segment, Instant now)
    {
        if (!addresses.Contains(tuple.Local.Address) || !HostAddresses.IsUnicast(tuple.Remote.Address)
            || addresses.Contains(tuple.Remote.Address) || tuple.Local.Port == 0 || tuple.Remote.Port == 0)
        {
            return DropReason.BadAddress;
        }

        HostListener? listener = listeners.Find(tuple.Local);
        SeqNum? beyond = null;
        if (registry.TimeWaits.Find(tuple) is not TimeWaitRecord.None and var index)
        {
            if (!timeWaits.IsReopened(index, listener is not null, segment, now, out DropReason reason, out SeqNum sendNext))
            {
                return reason;
            }

            beyond = sendNext;
        }

        if (listener is not null)
        {
            return handshakes.OnSegment(listener, tuple, segment, beyond, now);
        }

        strays.Answer(tuple, segment, now);
        return DropReason.NoSocket;
    }

    /// <summary>What the device put together counts as what it was.</summary>
    private static long SegmentsIn(IncomingPacket packet, PacketOffload offload)
        => offload.SegmentSize == 0 ? 1 : Math.Max(1, (packet.Payload.Length - TcpHeader.MinLength + offload.SegmentSize - 1) / offload.SegmentSize);
}
