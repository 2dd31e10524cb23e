using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>
/// What will happen, the next first: a heap of four children a place, of which each event knows its own. Events of one instant happen in
/// the order in which they were put in, so a run is the same every time.
/// </summary>
internal sealed class EventQueue
{
    private const int Children = 4;

    private (long At, long Order, WorldEvent Event)[] _heap = new (long, long, WorldEvent)[64];
    private long _order;

    public int Count { get; private set; }

    /// <summary><see cref="Instant.Never"/> when there is nothing.</summary>
    public Instant Next => Count == 0 ? Instant.Never : new(_heap[0].At);

    /// <summary>Puts an event in, or moves it; <see cref="Instant.Never"/> takes it out.</summary>
    public void Set(WorldEvent item, Instant at)
    {
        if (at == Instant.Never)
        {
            Remove(item);
            return;
        }

        int place = item.Place;
        if (place >= 0 && _heap[place].At == at.Nanoseconds)
        {
            return;
        }

        if (place < 0)
        {
            place = Count++;
            if (place == _heap.Length)
            {
                Array.Resize(ref _heap, place * 2);
            }
        }

        Settle(place, (at.Nanoseconds, _order++, item));
    }

    public WorldEvent Take()
    {
        WorldEvent first = _heap[0].Event;
        Remove(first);
        return first;
    }

    private void Remove(WorldEvent item)
    {
        int place = item.Place;
        if (place < 0)
        {
            return;
        }

        item.Place = -1;
        (long, long, WorldEvent) last = _heap[--Count];
        _heap[Count] = default;
        if (place < Count)
        {
            Settle(place, last);
        }
    }

    /// <summary>Finds the place of an entry, upwards or downwards from a free one.</summary>
    private void Settle(int place, (long At, long Order, WorldEvent Event) entry)
    {
        while (place > 0 && IsBefore(entry, _heap[(place - 1) / Children]))
        {
            int parent = (place - 1) / Children;
            Put(place, _heap[parent]);
            place = parent;
        }

        while (TryFindChildBefore(place, entry, out int child))
        {
            Put(place, _heap[child]);
            place = child;
        }

        Put(place, entry);
    }

    private bool TryFindChildBefore(int place, (long At, long Order, WorldEvent Event) entry, out int least)
    {
        least = -1;
        int first = (place * Children) + 1;
        for (int child = first; child < Math.Min(first + Children, Count); child++)
        {
            if (IsBefore(_heap[child], least < 0 ? entry : _heap[least]))
            {
                least = child;
            }
        }

        return least >= 0;
    }

    private void Put(int place, (long At, long Order, WorldEvent Event) entry)
    {
        _heap[place] = entry;
        entry.Event.Place = place;
    }

    private static bool IsBefore((long At, long Order, WorldEvent) one, (long At, long Order, WorldEvent) other)
        => one.At < other.At || (one.At == other.At && one.Order < other.Order);
}
