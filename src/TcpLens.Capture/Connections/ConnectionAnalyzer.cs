using TcpLens.Observation;
using TcpLens.Protocol;

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
    /// <summary>
    /// Connections that have ended and are kept for what comes late: a FIN sent again, data under way, a SYN between the same ports. Few, so
    /// that memory follows the connections that are alive, and their slots are used again while they are still in the processor's cache.
    /// </summary>
    private const int KeptAfterTheirEnd = 8_192;

    private readonly AnalyzerOptions _options;
    private readonly IConnectionSink _sink;
    private readonly ConnectionTable _table;
    private readonly LossJudge _loss = new();
    private readonly MarkLedger _ledger = new();
    private readonly StateFollower _states;

    public ConnectionAnalyzer(AnalyzerOptions options, IConnectionSink sink)
    {
        _options = options;
        _sink = sink;
        _table = new(options.MaxConnections);
        _states = new(_ledger, options.MaxConnections);
    }

    /// <summary>Connections begun so far.</summary>
    public long Connections { get; private set; }

    /// <summary>Connections given up before they had ended, to make room for others.</summary>
    public long Evicted { get; private set; }

    /// <summary>Connections that are followed now.</summary>
    public int Live => _table.Count;

    public void Take(PacketBatch batch)
    {
        foreach (ref readonly CapturedSegment segment in batch.Segments)
        {
            Take(in segment, batch.PayloadOf(in segment));
        }
    }

    public void Take(in CapturedSegment segment, ReadOnlySpan<byte> payload)
    {
        if (segment.Kind != SegmentKind.Tcp)
        {
            return;
        }

        uint hash = ConnectionTable.Hash(in segment);
        int at = _table.Find(in segment, hash, out ConnectionEnd sender);
        SegmentMarks marks = SegmentMarks.None;
        bool isDropped = _options.DropsBadChecksums && segment.Checksum == ChecksumVerdict.Bad;
        if (at != 0 && !isDropped && Succession.Succeeds(in segment, sender, in _table[at], _options))
        {
            marks = Succession.MarksOf(in segment, sender, in _table[at], _states.TimelineOf(ref _table[at].Track));
            End(at, wasEvicted: false, successor: segment.TimeNanoseconds);
            at = 0;
        }

        if (at == 0)
        {
            at = Begin(in segment, hash, out sender);
        }

        ref ConnectionSlot connection = ref _table[at];
        _table.Touch(at, ref connection, segment.TimeNanoseconds);
        if (segment.TimeNanoseconds < connection.LastNanoseconds)
        {
            marks |= SegmentMarks.TimeBackwards;
        }
        else
        {
            connection.LastNanoseconds = segment.TimeNanoseconds;
        }

        if (isDropped)
        {
            _states.Drop(in segment, sender, ref connection);
            return;
        }

        Judge(in segment, payload, sender, marks, ref connection);
        if (!connection.HasEnded && StateFollower.HasEnded(in connection.Track))
        {
            Retire(at);
        }
    }

    /// <summary>The capture is over: every connection that is still followed comes out.</summary>
    public void Complete()
    {
        while (_table.OldestEnded is var at and not 0)
        {
            Tell(at, wasEvicted: false);
            _table.Remove(at);
        }

        while (_table.OldestLive is var at and not 0)
        {
            Tell(at, wasEvicted: false);
            _table.Remove(at);   // What it had under way need not be given back: nothing comes after.
        }
    }

    /// <summary>What is known so far of each connection that has not come out of the sink yet. They go on as if nobody had asked.</summary>
    public void Survey(Action<ConnectionRecord> take)
    {
        Survey(take, _table.OldestEnded);
        Survey(take, _table.OldestLive);
    }

    private void Survey(Action<ConnectionRecord> take, int oldest)
    {
        for (int at = oldest; at != 0; at = _table[at].Newer)
        {
            take(ConnectionRecords.From(in _table[at], _ledger, _states.TimelineOf(ref _table[at].Track), wasEvicted: false, successor: null));
        }
    }

    private void Retire(int at)
    {
        _table.SetEnded(at);
        if (_table.Ended > KeptAfterTheirEnd)
        {
            End(_table.OldestEnded, wasEvicted: false);
            Foresee(ref _table[_table.OldestEnded]);
        }
    }

    /// <summary>The next connection to come out of the line has been silent for long.</summary>
    private void Foresee(ref ConnectionSlot slot)
    {
        CacheLines.Fetch(new ReadOnlySpan<ConnectionSlot>(ref slot));
        _ledger.Foresee(slot.Ends[0].MarkCounts);
        _ledger.Foresee(slot.Ends[1].MarkCounts);
    }

    private void MakeRoom()
    {
        if (_table.OldestEnded is var ended and not 0)
        {
            End(ended, wasEvicted: false);
            return;
        }

        Evicted++;
        End(_table.OldestLive, wasEvicted: true);
    }

    private void Judge(in CapturedSegment segment, ReadOnlySpan<byte> payload, ConnectionEnd end, SegmentMarks marks, ref ConnectionSlot connection)
    {
        ref EndSlot sender = ref connection.Ends[(int)end];
        ref EndSlot receiver = ref connection.Ends[(int)end.Other];
        sender.Counts.Add(in segment);
        _ledger.CountRare(ref sender.MarkCounts, in segment);
        marks |= SequenceJudge.Judge(in segment, ref sender.Sequence, ref receiver.Sequence);
        LossVerdict loss = _loss.Judge(in segment, marks, ref sender, ref receiver);
        marks = _states.Follow(in segment, end, loss.Marks, ref connection);
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
            RelativeAcknowledgment = segment.HasAny(ControlBits.Ack) ? to.Relative(segment.Acknowledgment) : 0,
            InFlight = from.InFlight(in to),
            Window = from.WindowOf(in segment),
            DuplicateAckNumber = marks.HasAny(SegmentMarks.DuplicateAck) ? from.DuplicateAcks : 0,
        };
        _sink.Saw(in segment, payload, in verdict);
    }

    private int Begin(in CapturedSegment segment, uint hash, out ConnectionEnd sender)
    {
        if (_table.IsFull)
        {
            MakeRoom();
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
        slot.MovedSeconds = ConnectionTable.SecondsOf(segment.TimeNanoseconds);
        if (isFromResponder)
        {
            slot.Track.Letters.Add('^', isUpper: false);
        }

        slot.IsWanted = _sink.Wants(slot.Number);
        return at;
    }

    private void Tell(int at, bool wasEvicted, long? successor = null)
    {
        ref ConnectionSlot slot = ref _table[at];
        _sink.Ended(ConnectionRecords.From(in slot, _ledger, _states.TimelineOf(ref slot.Track), wasEvicted, successor));
    }

    private void End(int at, bool wasEvicted, long? successor = null)
    {
        Tell(at, wasEvicted, successor);
        ref ConnectionSlot slot = ref _table[at];
        for (int end = 0; end < 2; end++)
        {
            _ledger.Release(ref slot.Ends[end].MarkCounts);
            _loss.Forget(ref slot.Ends[end]);
        }

        _states.Forget(ref slot.Track);
        _table.Remove(at);
    }
}
