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
    private readonly Dictionary<TKey, int> _places = [];
    private Entry[] _entries = [];

    /// <summary>The lightest on top, each child heavier than its parent; apart from the entries, so that a walk through it stays in few lines of cache.</summary>
    private (long Weight, int Place)[] _heap = [];
    private int _count;

    /// <summary>Adds weight to a key.</summary>
    /// <returns>The key's note, empty if it is new; it stays in its place until the next call.</returns>
    public ref TNote Add(TKey key, long weight)
    {
        if (!_places.TryGetValue(key, out int place))
        {
            place = _count < capacity ? Append(key) : TakeOver(key);
        }

        ref Entry entry = ref _entries[place];
        _heap[entry.InHeap].Weight += weight;
        SinkDown(entry.InHeap);
        return ref entry.Note;
    }

    /// <summary>Another one with the same keys, which goes its own way.</summary>
    public HeavyHitters<TKey, TNote> Copy()
    {
        var copy = new HeavyHitters<TKey, TNote>(capacity) { _entries = [.. _entries], _heap = [.. _heap], _count = _count };
        foreach ((TKey key, int place) in _places)
        {
            copy._places.Add(key, place);
        }

        return copy;
    }

    /// <summary>The heaviest first, by what is certain of their weight.</summary>
    public List<HeavyHitter<TKey, TNote>> Top(int count)
    {
        List<HeavyHitter<TKey, TNote>> all = [];
        foreach (ref readonly Entry entry in _entries.AsSpan(0, _count))
        {
            all.Add(new(entry.Key, _heap[entry.InHeap].Weight, entry.Error, entry.Note));
        }

        return [.. all.OrderByDescending(static hitter => hitter.Weight - hitter.Error).Take(count)];
    }

    /// <summary>A new key weighs nothing yet, and so stands on top.</summary>
    private int Append(TKey key)
    {
        if (_count == _entries.Length)
        {
            int room = Math.Min(capacity, Math.Max(16, _count * 2));
            Array.Resize(ref _entries, room);
            Array.Resize(ref _heap, room);
        }

        int place = _count++;
        _entries[place] = new Entry { Key = key, InHeap = place };
        _heap[place] = (0, place);
        _places.Add(key, place);
        for (int at = place; at > 0 && _heap[at].Weight < _heap[(at - 1) / 2].Weight; at = (at - 1) / 2)
        {
            Swap(at, (at - 1) / 2);
        }

        return place;
    }

    private int TakeOver(TKey key)
    {
        (long weight, int place) = _heap[0];
        ref Entry entry = ref _entries[place];
        _places.Remove(entry.Key);
        _places.Add(key, place);
        (entry.Key, entry.Error, entry.Note) = (key, weight, default);
        return place;
    }

    private void SinkDown(int at)
    {
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _count)
            {
                return;
            }

            if (child + 1 < _count && _heap[child + 1].Weight < _heap[child].Weight)
            {
                child++;
            }

            if (_heap[at].Weight <= _heap[child].Weight)
            {
                return;
            }

            Swap(at, child);
            at = child;
        }
    }

    private void Swap(int one, int other)
    {
        (_heap[one], _heap[other]) = (_heap[other], _heap[one]);
        _entries[_heap[one].Place].InHeap = one;
        _entries[_heap[other].Place].InHeap = other;
    }

    private struct Entry
    {
        public TKey Key;
        public long Error;
        public int InHeap;
        public TNote Note;
    }
}
