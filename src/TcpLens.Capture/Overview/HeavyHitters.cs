using System.Runtime.InteropServices;

namespace TcpLens.Capture;

/// <summary>One of the heaviest keys.</summary>
/// <param name="Key">Which.</param>
/// <param name="Weight">Its weight; at most <paramref name="Error"/> too high, never too low.</param>
/// <param name="Error">What the key whose place it took had weighed.</param>
/// <param name="Note">What was noted since it took its place.</param>
public readonly record struct HeavyHitter<TKey, TNote>(TKey Key, long Weight, long Error, TNote Note);

/// <summary>
/// The keys with most weight, in room for a fixed number of them (Space-Saving: Metwally, Agrawal, El Abbadi 2005): a new key takes the
/// place of the lightest and inherits its weight. Every key heavier than the total divided by the capacity is in it.
/// </summary>
internal sealed class HeavyHitters<TKey, TNote>(int capacity)
    where TKey : notnull
    where TNote : struct
{
    private readonly Dictionary<TKey, int> _places = new(capacity);
    private readonly List<Entry> _entries = new(capacity);

    /// <summary>Places in <see cref="_entries"/>, the lightest on top, each child heavier than its parent.</summary>
    private readonly List<int> _heap = new(capacity);

    /// <summary>Adds weight to a key.</summary>
    /// <returns>The key's note, empty if it is new.</returns>
    public ref TNote Add(TKey key, long weight)
    {
        if (!_places.TryGetValue(key, out int place))
        {
            place = _entries.Count < capacity ? Append(key) : TakeOver(key);
        }

        ref Entry entry = ref CollectionsMarshal.AsSpan(_entries)[place];
        entry.Weight += weight;
        SinkDown(entry.InHeap);
        return ref CollectionsMarshal.AsSpan(_entries)[place].Note;
    }

    /// <summary>Another one with the same keys, which goes its own way.</summary>
    public HeavyHitters<TKey, TNote> Copy()
    {
        var copy = new HeavyHitters<TKey, TNote>(capacity);
        copy._entries.AddRange(_entries);
        copy._heap.AddRange(_heap);
        foreach ((TKey key, int place) in _places)
        {
            copy._places.Add(key, place);
        }

        return copy;
    }

    /// <summary>The heaviest first, by what is certain of their weight.</summary>
    public List<HeavyHitter<TKey, TNote>> Top(int count)
    {
        List<HeavyHitter<TKey, TNote>> all = _entries.ConvertAll(static entry => new HeavyHitter<TKey, TNote>(entry.Key, entry.Weight, entry.Error, entry.Note));
        return [.. all.OrderByDescending(static hitter => hitter.Weight - hitter.Error).Take(count)];
    }

    private int Append(TKey key)
    {
        int place = _entries.Count;
        _entries.Add(new Entry { Key = key, InHeap = place });
        _heap.Add(place);
        _places.Add(key, place);
        RiseUp(place);
        return place;
    }

    private int TakeOver(TKey key)
    {
        int place = _heap[0];
        ref Entry entry = ref CollectionsMarshal.AsSpan(_entries)[place];
        _places.Remove(entry.Key);
        _places.Add(key, place);
        entry.Key = key;
        entry.Error = entry.Weight;
        entry.Note = default;
        return place;
    }

    private void RiseUp(int at)
    {
        while (at > 0 && WeightAt(at) < WeightAt((at - 1) / 2))
        {
            Swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void SinkDown(int at)
    {
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _heap.Count)
            {
                return;
            }

            if (child + 1 < _heap.Count && WeightAt(child + 1) < WeightAt(child))
            {
                child++;
            }

            if (WeightAt(at) <= WeightAt(child))
            {
                return;
            }

            Swap(at, child);
            at = child;
        }
    }

    private long WeightAt(int at) => _entries[_heap[at]].Weight;

    private void Swap(int one, int other)
    {
        (_heap[one], _heap[other]) = (_heap[other], _heap[one]);
        Span<Entry> entries = CollectionsMarshal.AsSpan(_entries);
        entries[_heap[one]].InHeap = one;
        entries[_heap[other]].InHeap = other;
    }

    private struct Entry
    {
        public TKey Key;
        public long Weight;
        public long Error;
        public int InHeap;
        public TNote Note;
    }
}
