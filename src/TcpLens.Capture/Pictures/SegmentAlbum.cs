using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// The segments of one connection, in bounded memory whatever its length: the first and the last as they came, of those between
/// the ones with marks of trouble and every n-th of the others. The ordinals say what is missing.
/// </summary>
public sealed class SegmentAlbum
{
    /// <summary>About 280 octets each: 2.2 MiB a connection.</summary>
    public const int DefaultCapacity = 8192;

    private readonly int _capacity;
    private readonly int _head;
    private readonly Queue<JudgedSegment> _latest = new();
    private readonly List<JudgedSegment> _kept = [];
    private long _stride = 1;
    private long _markedStride = 1;

    /// <param name="capacity">Most segments that are kept, 64 or more.</param>
    public SegmentAlbum(int capacity = DefaultCapacity)
    {
        _capacity = Math.Max(64, capacity);
        _head = _capacity / 16;
    }

    /// <summary>Segments that the connection had.</summary>
    public long Seen { get; private set; }

    /// <summary>Segments in between that were dropped.</summary>
    public long Dropped => Seen - _kept.Count - _latest.Count;

    public void Add(in CapturedSegment segment, in SegmentVerdict verdict)
    {
        _latest.Enqueue(new(++Seen, in segment, in verdict));
        if (_latest.Count > _head)
        {
            Keep(_latest.Dequeue());
        }
    }

    /// <summary>What is kept, in order.</summary>
    public IReadOnlyList<JudgedSegment> Segments() => [.. _kept, .. _latest];

    private void Keep(in JudgedSegment segment)
    {
        if (!Stays(in segment))
        {
            return;
        }

        _kept.Add(segment);
        while (_kept.Count > _capacity - _head)
        {
            Thin();
        }
    }

    private bool Stays(in JudgedSegment segment)
        => segment.Ordinal <= _head || segment.Ordinal % (IsMarked(in segment) ? _markedStride : _stride) == 0;

    /// <summary>Drops every other plain segment; marked ones as well once they alone take most of the room.</summary>
    private void Thin()
    {
        int marked = 0;
        foreach (JudgedSegment segment in _kept)
        {
            marked += IsMarked(in segment) ? 1 : 0;
        }

        _stride *= 2;
        _markedStride *= marked > _capacity / 2 ? 2 : 1;
        _kept.RemoveAll(segment => !Stays(in segment));
    }

    private static bool IsMarked(in JudgedSegment segment) => segment.Verdict.Marks.Weight >= MarkWeight.Notice;
}
