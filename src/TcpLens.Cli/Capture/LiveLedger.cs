using System.Numerics;
using System.Runtime.InteropServices;
using TcpLens.Capture;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What is known of the connections so far: the states of those that are followed, marks, and the sums of those that are over.</summary>
internal sealed class LiveLedger : LiveConsumer
{
    /// <summary>Connections shown at the end; more is for analyze.</summary>
    public const int MostRows = 100;

    private const int Marks = 64;

    private readonly Dictionary<long, LiveConnection> _live = [];
    private readonly long[] _marks = new long[Marks];
    private readonly Largest<ConnectionRecord> _busiest = new(MostRows);

    /// <summary>The connections that are over, in sums.</summary>
    public CaptureOverview Overview { get; } = new();

    /// <summary>Connections that are followed now.</summary>
    public int Live => _live.Count;

    /// <summary>Connections begun so far.</summary>
    public long Connections { get; private set; }

    public override void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
        ref LiveConnection connection = ref CollectionsMarshal.GetValueRefOrAddDefault(_live, verdict.Connection, out bool isKnown)!;
        if (!isKnown)
        {
            Connections++;
            Endpoint from = new(segment.Source, segment.SourcePort), to = new(segment.Destination, segment.DestinationPort);
            (connection.Originator, connection.Responder) = verdict.Sender == ConnectionEnd.Originator ? (from, to) : (to, from);
        }

        connection.States = (verdict.OriginatorState, verdict.ResponderState);
        connection.Octets += segment.IpLength;
        connection.Marks |= verdict.Marks;
        for (ulong rest = (ulong)verdict.Marks; rest != 0; rest &= rest - 1)
        {
            _marks[BitOperations.TrailingZeroCount(rest)]++;
        }
    }

    public override void Ended(ConnectionRecord record)
    {
        _live.Remove(record.Number);
        Overview.Ended(record);
        _busiest.Offer(record, record.FromOriginator.IpOctets + record.FromResponder.IpOctets, record.Number);
    }

    public long CountOf(SegmentMarks mark) => _marks[BitOperations.TrailingZeroCount((ulong)mark)];

    /// <summary>Connections that are followed by the states of both ends, the most frequent first.</summary>
    public List<((EndState Originator, EndState Responder) States, int Count)> ByStates()
    {
        var counts = new Dictionary<(EndState, EndState), int>();
        foreach (LiveConnection connection in _live.Values)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, connection.States, out _)++;
        }

        return [.. counts.Select(static pair => (pair.Key, pair.Value)).OrderByDescending(static row => row.Value)];
    }

    /// <summary>The connections with most octets since this was last asked.</summary>
    public List<(LiveConnection Connection, long Octets)> Busiest(int count)
    {
        var busiest = new Largest<(LiveConnection, long)>(count);
        foreach (long number in _live.Keys)
        {
            ref LiveConnection connection = ref CollectionsMarshal.GetValueRefOrNullRef(_live, number);
            long octets = connection.Octets - connection.OctetsShown;
            connection.OctetsShown = connection.Octets;
            if (octets > 0)
            {
                busiest.Offer((connection, octets), octets, number);
            }
        }

        return busiest.Sorted();
    }

    /// <summary>The connections with most octets of those that are over, by number.</summary>
    public List<ConnectionRecord> Rows() => [.. _busiest.Sorted().OrderBy(static record => record.Number)];
}

/// <summary>A connection while it is followed.</summary>
internal struct LiveConnection
{
    public Endpoint Originator;
    public Endpoint Responder;
    public (EndState Originator, EndState Responder) States;
    public SegmentMarks Marks;

    /// <summary>Of IP packets, both ways.</summary>
    public long Octets;

    /// <summary>How many there were when they were last shown.</summary>
    public long OctetsShown;
}
