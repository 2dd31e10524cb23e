namespace TcpLens.Capture;

/// <summary>The few largest of many: a heap of fixed size. Of equals the one that came with the lower tie-breaker stays.</summary>
public sealed class Largest<T>(int capacity)
{
    private readonly PriorityQueue<T, (long Key, long Tie)> _heap = new(capacity + 1);

    public int Count => _heap.Count;

    /// <summary>How many were offered.</summary>
    public long Offered { get; private set; }

    public void Offer(T item, long key, long tie)
    {
        Offered++;
        if (_heap.Count < capacity)
        {
            _heap.Enqueue(item, (key, -tie));
        }
        else if (capacity > 0)
        {
            _heap.EnqueueDequeue(item, (key, -tie));
        }
    }

    /// <summary>Another one with the same items, which goes its own way.</summary>
    public Largest<T> Copy()
    {
        var copy = new Largest<T>(capacity) { Offered = Offered };
        copy._heap.EnqueueRange(_heap.UnorderedItems);
        return copy;
    }

    /// <summary>The largest first.</summary>
    public List<T> Sorted()
    {
        List<(T Item, (long Key, long Tie) Rank)> items = [.. _heap.UnorderedItems.Select(static pair => (pair.Element, pair.Priority))];
        items.Sort(static (one, other) => other.Rank.CompareTo(one.Rank));
        return items.ConvertAll(static pair => pair.Item);
    }
}
