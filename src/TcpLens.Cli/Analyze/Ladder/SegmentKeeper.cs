using TcpLens.Capture;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>One segment with its verdict, kept.</summary>
/// <param name="Segment">Without its payload.</param>
/// <param name="Verdict">What was found out about it.</param>
/// <param name="Missing">Octets before it that were not captured; of an ACK of unseen data, octets it acknowledges that were not.</param>
internal readonly record struct KeptSegment(CapturedSegment Segment, SegmentVerdict Verdict, long Missing);

/// <summary>A stretch of an end's stream that was not captured.</summary>
/// <param name="Sender">Whose octets.</param>
/// <param name="From">Position of the first, 1 being the first octet of the stream.</param>
/// <param name="Octets">How many.</param>
/// <param name="Frame">The packet behind the gap.</param>
/// <param name="At">Its time.</param>
/// <param name="WasReceived">True when the other end acknowledged them: they arrived, and the capture missed them.</param>
internal sealed record CaptureGap(ConnectionEnd Sender, long From, long Octets, long Frame, Instant At, bool WasReceived);

/// <summary>Keeps the segments of one connection: the first and the last, where there are more than are to be shown.</summary>
internal sealed class SegmentKeeper(long number, int limit) : IConnectionSink
{
    /// <summary>Stretches not captured that are kept; more are counted.</summary>
    private const int GapsMax = 100;

    private readonly List<KeptSegment> _first = [];
    private readonly Queue<KeptSegment> _last = [];
    private readonly Dictionary<ConnectionEnd, long> _next = [];
    private readonly PlotSamples[] _samples = [new(), new()];
    private readonly List<CaptureGap> _gaps = [];
    private bool _isOver;

    public ConnectionRecord? Record { get; private set; }

    /// <summary>Connections that had begun when it ended.</summary>
    public long Connections { get; private set; }

    public IReadOnlyList<KeptSegment> First => _first;

    /// <summary>The last ones, where the first were not all.</summary>
    public IReadOnlyCollection<KeptSegment> Last => _last;

    /// <summary>Segments between the first and the last that are not kept.</summary>
    public long Elided { get; private set; }

    public IReadOnlyList<CaptureGap> Gaps => _gaps;

    public long GapsNotKept { get; private set; }

    /// <summary>True when the rest of the capture need not be read.</summary>
    public bool IsDone => Record is not null;

    public PlotSamples SamplesOf(ConnectionEnd end) => _samples[(int)end];

    public bool Wants(long connection)
    {
        Connections = Math.Max(Connections, connection);
        return connection == number;
    }

    public void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
        var kept = new KeptSegment(segment, verdict, Missing(in segment, in verdict));
        Keep(in kept);
        Sample(in segment, in verdict);
    }

    public void Ended(ConnectionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Number == number && !_isOver)
        {
            (Record, _isOver) = (record, true);
        }
    }

    private void Keep(in KeptSegment kept)
    {
        if (_first.Count < limit - (limit / 2))
        {
            _first.Add(kept);
            return;
        }

        _last.Enqueue(kept);
        if (_last.Count > limit / 2)
        {
            _last.Dequeue();
            Elided++;
        }
    }

    private long Missing(in CapturedSegment segment, in SegmentVerdict verdict)
    {
        ConnectionEnd sender = verdict.Sender;
        long missing = 0;
        if (verdict.Marks.HasAny(SegmentMarks.GapBefore) && _next.TryGetValue(sender, out long expected) && verdict.RelativeSequence > expected)
        {
            missing = verdict.RelativeSequence - expected;
            Note(sender, expected, missing, in segment, wasReceived: false);
        }

        if (verdict.Marks.HasAny(SegmentMarks.AckOfUnseen) && _next.TryGetValue(sender.Other, out long sent) && verdict.RelativeAcknowledgment > sent)
        {
            missing = verdict.RelativeAcknowledgment - sent;
            Note(sender.Other, sent, missing, in segment, wasReceived: true);
            _next[sender.Other] = verdict.RelativeAcknowledgment;
        }

        long end = verdict.RelativeSequence + segment.SequenceLength;
        if (segment.PayloadLength > 0 && verdict.Marks.HasAny(SegmentMarks.Retransmission | SegmentMarks.OutOfOrder))
        {
            Fill(sender, verdict.RelativeSequence, end);
        }

        if (segment.SequenceLength > 0 && (!_next.TryGetValue(sender, out long highest) || end > highest))
        {
            _next[sender] = end;
        }

        return missing;
    }

    private void Note(ConnectionEnd sender, long from, long octets, in CapturedSegment segment, bool wasReceived)
    {
        if (_gaps.Count < GapsMax)
        {
            _gaps.Add(new(sender, from, octets, segment.Frame, new(segment.TimeNanoseconds), wasReceived));
        }
        else
        {
            GapsNotKept++;
        }
    }

    /// <summary>What came later after all is no gap any more.</summary>
    private void Fill(ConnectionEnd sender, long from, long end)
    {
        for (int at = _gaps.Count - 1; at >= 0; at--)
        {
            CaptureGap gap = _gaps[at];
            long gapEnd = gap.From + gap.Octets;
            if (gap.Sender != sender || from >= gapEnd || end <= gap.From)
            {
                continue;
            }

            _gaps.RemoveAt(at);
            if (end < gapEnd)
            {
                _gaps.Insert(at, gap with { From = end, Octets = gapEnd - end });
            }

            if (from > gap.From)
            {
                _gaps.Insert(at, gap with { Octets = from - gap.From });
            }
        }
    }

    private void Sample(in CapturedSegment segment, in SegmentVerdict verdict)
    {
        if (segment.PayloadLength > 0)
        {
            SampleKind kind = verdict.Marks.HasAny(SegmentMarks.Retransmission | SegmentMarks.Spurious) ? SampleKind.Again
                : verdict.Marks.HasAny(SegmentMarks.OutOfOrder) ? SampleKind.OutOfOrder : SampleKind.Data;
            _samples[(int)verdict.Sender].Add(new(segment.TimeNanoseconds, verdict.RelativeSequence, verdict.RelativeSequence + segment.PayloadLength, kind));
        }

        if (segment.Has(ControlBits.Ack) && !segment.HasAny(ControlBits.Syn | ControlBits.Rst))
        {
            SampleKind kind = verdict.Marks.HasAny(SegmentMarks.ZeroWindow) ? SampleKind.ZeroWindow : SampleKind.WindowEdge;
            long edge = verdict.RelativeAcknowledgment + verdict.Window;
            _samples[(int)verdict.Sender.Other].Add(new(segment.TimeNanoseconds, kind == SampleKind.ZeroWindow ? verdict.RelativeAcknowledgment : edge, edge, kind));
        }
    }
}
