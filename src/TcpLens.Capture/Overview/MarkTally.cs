using System.Numerics;
using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Marks of all connections: how many segments, in how many connections, and the few connections that have most.</summary>
internal sealed class MarkTally
{
    /// <summary>Connections kept by mark: enough to look at.</summary>
    private const int Few = 5;

    private const int Marks = 64;

    private readonly long[] _segments = new long[Marks];
    private readonly long[] _connections = new long[Marks];
    private readonly Largest<NotedConnection>?[] _worst = new Largest<NotedConnection>?[Marks];

    public MarkTally Copy()
    {
        var copy = new MarkTally();
        _segments.CopyTo(copy._segments, 0);
        _connections.CopyTo(copy._connections, 0);
        for (int bit = 0; bit < Marks; bit++)
        {
            copy._worst[bit] = _worst[bit]?.Copy();
        }

        return copy;
    }

    public void Add(ConnectionRecord record)
    {
        if (record.FromOriginator.Marks.Count == 0 && record.FromResponder.Marks.Count == 0)
        {
            return;
        }

        foreach (SegmentMarks mark in record.FromOriginator.Marks.Keys)
        {
            Add(record, mark, record.FromOriginator.CountOf(mark) + record.FromResponder.CountOf(mark));
        }

        foreach (SegmentMarks mark in record.FromResponder.Marks.Keys)
        {
            if (!record.FromOriginator.Marks.ContainsKey(mark))
            {
                Add(record, mark, record.FromResponder.CountOf(mark));
            }
        }
    }

    public void Add(ConnectionRecord record, SegmentMarks mark, long count)
    {
        int bit = BitOperations.TrailingZeroCount((ulong)mark);
        _segments[bit] += count;
        _connections[bit]++;
        (_worst[bit] ??= new(Few)).Offer(NotedConnection.Of(record, count), count, record.Number);
    }

    public MarkSum SumOf(SegmentMarks mark)
    {
        int bit = BitOperations.TrailingZeroCount((ulong)mark);
        return new(mark, _segments[bit], _connections[bit], _worst[bit]?.Sorted() ?? []);
    }

    /// <summary>Every mark that was given.</summary>
    public IEnumerable<MarkSum> All()
    {
        for (int bit = 0; bit < Marks; bit++)
        {
            if (_segments[bit] > 0)
            {
                yield return SumOf((SegmentMarks)(1UL << bit));
            }
        }
    }
}
