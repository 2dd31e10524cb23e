using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// Follows every connection of a capture through the states of both ends. Segments go in, in the order of the capture; what was found
/// comes out through the sink.
/// <code>
/// while (reader.TryRead(batch))
///     foreach (ref readonly CapturedSegment segment in batch.Segments)
///         analyzer.Take(in segment, batch.PayloadOf(in segment));
/// analyzer.Complete();
/// </code>
/// </summary>
public sealed class ConnectionAnalyzer
{
    private readonly AnalyzerOptions _options;
    private readonly IConnectionSink _sink;
    private readonly ConnectionTable _table;
    private readonly LossJudge _loss = new();
    private readonly MarkLedger _ledger = new();

    public ConnectionAnalyzer(AnalyzerOptions options, IConnectionSink sink)
    {
        _options = options;
        _sink = sink;
        _table = new(options.MaxConnections);
    }

    /// <summary>Connections begun so far.</summary>
    public long Connections { get; private set; }

    /// <summary>Connections given up before they had ended, to make room for others.</summary>
    public long Evicted { get; private set; }

    /// <summary>Connections that are followed now.</summary>
    public int Live => _table.Count;

    public void Take(ref readonly CapturedSegment segment, ReadOnlySpan<byte> payload)
    {
        if (segment.Kind != SegmentKind.Tcp || (_options.DropsBadChecksums && segment.Checksum == ChecksumVerdict.Bad))
        {
            return;
        }

        uint hash = ConnectionTable.Hash(in segment);
        int at = _table.Find(in segment, hash, out ConnectionEnd sender);
        SegmentMarks marks = SegmentMarks.None;
        if (at != 0 && Succession.Succeeds(in segment, ref _table[at], _options))
        {
            marks = SegmentMarks.PortReuse;
            End(at, wasEvicted: false);
            at = 0;
        }

        if (at == 0)
        {
            at = Begin(in segment, hash, out sender);
        }

        _table.Touch(at);
        ref ConnectionSlot connection = ref _table[at];
        if (segment.TimeNanoseconds < connection.LastNanoseconds)
        {
            marks |= SegmentMarks.TimeBackwards;
        }

        connection.LastNanoseconds = segment.TimeNanoseconds;
        Judge(in segment, payload, sender, marks, ref connection);
    }

    /// <summary>The capture is over: every connection that is still followed comes out.</summary>
    public void Complete()
    {
        while (_table.Oldest is var at and not 0)
        {
            End(at, wasEvicted: false);
        }
    }

    private void Judge(in CapturedSegment segment, ReadOnlySpan<byte> payload, ConnectionEnd end, SegmentMarks marks, ref ConnectionSlot connection)
    {
        ref EndSlot sender = ref connection.Ends[(int)end];
        ref EndSlot receiver = ref connection.Ends[(int)end.Other];
        sender.Counts.Add(in segment);
        marks |= SequenceJudge.Judge(in segment, ref sender.Sequence, ref receiver.Sequence);
        LossVerdict loss = _loss.Judge(in segment, marks, ref sender, ref receiver);
        marks = StateFollower.Follow(in segment, end, loss.Marks, ref connection);
        if (marks != SegmentMarks.None)
        {
            _ledger.Add(ref sender.MarkCounts, marks, loss.Kind);
        }

        if (connection.IsWanted)
        {
            Show(in segment, payload, end, marks, loss, in connection);
        }
    }

    private void Show(in CapturedSegment segment, ReadOnlySpan<byte> payload, ConnectionEnd sender, SegmentMarks marks, LossVerdict loss, in ConnectionSlot connection)
    {
        ref readonly SequenceState from = ref connection.Ends[(int)sender].Sequence;
        ref readonly SequenceState to = ref connection.Ends[(int)sender.Other].Sequence;
        var verdict = new SegmentVerdict
        {
            Connection = connection.Number,
            Sender = sender,
            Marks = marks,
            Retransmission = loss.Kind,
            OriginatorState = StateFollower.StateOf(in connection.Track, ConnectionEnd.Originator),
            ResponderState = StateFollower.StateOf(in connection.Track, ConnectionEnd.Responder),
            RttNanoseconds = loss.RttNanoseconds,
            RelativeSequence = from.Relative(segment.Sequence),
            RelativeAcknowledgment = to.Relative(segment.Acknowledgment),
            InFlight = from.InFlight(in to),
            Window = from.WindowOf(in segment),
            DuplicateAckNumber = (marks & SegmentMarks.DuplicateAck) != 0 ? from.DuplicateAcks : 0,
        };
        _sink.Saw(in segment, payload, in verdict);
    }

    private int Begin(in CapturedSegment segment, uint hash, out ConnectionEnd sender)
    {
        if (_table.IsFull)
        {
            Evicted++;
            End(_table.Oldest, wasEvicted: true);
        }

        bool isFromResponder = Succession.IsFromResponder(in segment);
        sender = isFromResponder ? ConnectionEnd.Responder : ConnectionEnd.Originator;
        ConnectionKey key = isFromResponder
            ? new() { Originator = segment.Destination, OriginatorPort = segment.DestinationPort, Responder = segment.Source, ResponderPort = segment.SourcePort }
            : new() { Originator = segment.Source, OriginatorPort = segment.SourcePort, Responder = segment.Destination, ResponderPort = segment.DestinationPort };
        int at = _table.Add(in key, hash);
        ref ConnectionSlot slot = ref _table[at];
        slot.Number = ++Connections;
        slot.FirstNanoseconds = segment.TimeNanoseconds;
        slot.IsWanted = _sink.Wants(slot.Number);
        return at;
    }

    private void End(int at, bool wasEvicted)
    {
        ref ConnectionSlot slot = ref _table[at];
        _sink.Ended(ConnectionRecords.From(in slot, _ledger, wasEvicted));
        for (int end = 0; end < 2; end++)
        {
            _ledger.Release(ref slot.Ends[end].MarkCounts);
            _loss.Forget(ref slot.Ends[end]);
        }

        _table.Remove(at);
    }
}
