using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// A capture in sums. Its memory does not grow with the number of connections: what could be long is a list of the heaviest with a
/// stated error, a histogram, or a count.
/// </summary>
public sealed class CaptureOverview : IConnectionSink
{
    /// <summary>Targets and sources that are named.</summary>
    private const int Few = 5;

    private OutcomeTally _outcomes = new();
    private MarkTally _marks = new();
    private MarkTally _silent = new();
    private SynSigns _signs = new();
    private long[] _kinds = new long[(int)RetransmissionKind.Unknown + 1];
    private long _first = long.MaxValue;
    private long _last = long.MinValue;

    public long Connections { get; private set; }

    /// <summary>Connections whose beginning was captured.</summary>
    public long Begun { get; private set; }

    public long Segments { get; private set; }

    public long DataSegments { get; private set; }

    /// <summary>Segments sent again by ends that sent data, their handshakes aside.</summary>
    public long DataSegmentsAgain { get; private set; }

    public long PayloadOctets { get; private set; }

    /// <summary>Times from SYN to the ACK of the SYN-ACK.</summary>
    public DurationHistogram HandshakeRtt { get; private set; } = new();

    public StateTally States { get; private set; } = new();

    public TalkerTally Talkers { get; private set; } = new();

    /// <summary>Another one with the same sums, which goes its own way: to add what is known of connections that go on.</summary>
    public CaptureOverview Copy()
    {
        var copy = (CaptureOverview)MemberwiseClone();
        copy._outcomes = _outcomes.Copy();
        copy._marks = _marks.Copy();
        copy._silent = _silent.Copy();
        copy._signs = _signs.Copy();
        copy._kinds = [.. _kinds];
        copy.HandshakeRtt = HandshakeRtt.Copy();
        copy.States = States.Copy();
        copy.Talkers = Talkers.Copy();
        return copy;
    }

    bool IConnectionSink.Wants(long connection) => false;

    void IConnectionSink.Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
    }

    public void Ended(ConnectionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Connections++;
        Begun += record.BeganHere ? 1 : 0;
        _first = Math.Min(_first, record.FirstSeen.Nanoseconds);
        _last = Math.Max(_last, record.LastSeen.Nanoseconds);
        _outcomes.Add(record);
        _marks.Add(record);
        _signs.Add(record);
        States.Add(record);
        Talkers.Add(record);
        if (record.HandshakeRtt is { } rtt)
        {
            HandshakeRtt.Add(rtt.Ticks * TimeSpan.NanosecondsPerTick);
        }

        Add(record, record.FromOriginator);
        Add(record, record.FromResponder);
    }

    /// <summary>The sums as plain values.</summary>
    public CaptureFacts ToFacts() => new()
    {
        First = new(Connections == 0 ? 0 : _first),
        Last = new(Connections == 0 ? 0 : _last),
        Connections = Connections,
        Begun = Begun,
        Segments = Segments,
        DataSegments = DataSegments,
        DataSegmentsAgain = DataSegmentsAgain,
        Outcomes = _outcomes.All(),
        Marks = _marks.All().ToDictionary(static sum => sum.Mark),
        Retransmissions = Kinds(),
        SynTargets = _signs.Targets(Few),
        ScanSources = _signs.Sources(Few),
        Silent = _silent.SumOf(SegmentMarks.Retransmission),
    };

    private void Add(ConnectionRecord record, EndAccount account)
    {
        Segments += account.Packets;
        DataSegments += account.DataSegments;
        PayloadOctets += account.PayloadOctets;
        long handshakeAgain = Math.Max(0, account.Syns - 1) + Math.Max(0, account.SynAcks - 1);
        DataSegmentsAgain += account.DataSegments == 0 ? 0 : Math.Max(0, account.CountOf(SegmentMarks.Retransmission) - handshakeAgain);
        foreach ((RetransmissionKind kind, long count) in account.Retransmissions)
        {
            _kinds[(int)kind] += count;
        }

        // Backed off three times and more, and the last that was seen: nobody answered.
        if (record.Outcome is ConnectionOutcome.Open or ConnectionOutcome.Midstream
            && account.Retransmissions.GetValueOrDefault(RetransmissionKind.BackedOffTimeout) is >= 3 and var again)
        {
            _silent.Add(record, SegmentMarks.Retransmission, again);
        }
    }

    private Dictionary<RetransmissionKind, long> Kinds()
    {
        var kinds = new Dictionary<RetransmissionKind, long>();
        for (int kind = 1; kind < _kinds.Length; kind++)
        {
            if (_kinds[kind] > 0)
            {
                kinds.Add((RetransmissionKind)kind, _kinds[kind]);
            }
        }

        return kinds;
    }
}
