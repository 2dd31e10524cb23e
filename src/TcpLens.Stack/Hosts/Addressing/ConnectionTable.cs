using System.Numerics;

namespace TcpLens.Stack;

/// <summary>
/// Connections by their four numbers: open addressing with linear probing, at most three quarters full. The hash is keyed, so that
/// nobody can choose ports that all fall on one place.
/// </summary>
internal sealed class ConnectionTable(SipHash key)
{
    private const int FirstSize = 16;

    private Slot[] _slots = new Slot[FirstSize];

    public int Count { get; private set; }

    /// <summary>How many places a walk looks at (<see cref="At"/>).</summary>
    public int Places => _slots.Length;

    public HostConnection? At(int place) => _slots[place].Connection;

    public HostConnection? Find(in FourTuple tuple)
    {
        uint hash = tuple.TableHash(key);
        int mask = _slots.Length - 1;
        for (int place = (int)hash & mask; _slots[place].Connection is { } connection; place = (place + 1) & mask)
        {
            if (_slots[place].Hash == hash && connection.Tuple == tuple)
            {
                return connection;
            }
        }

        return null;
    }

    /// <summary>Nobody with the same four numbers is in the table: the caller has looked.</summary>
    public void Add(HostConnection connection)
    {
        if ((Count + 1) * 4L > _slots.Length * 3L)
        {
            Resize(_slots.Length * 2);
        }

        Put(new(connection, connection.Tuple.TableHash(key)));
        Count++;
    }

    public void Remove(HostConnection connection)
    {
        int mask = _slots.Length - 1;
        int place = (int)connection.Tuple.TableHash(key) & mask;
        while (_slots[place].Connection != connection)
        {
            if (_slots[place].Connection is null)
            {
                return;
            }

            place = (place + 1) & mask;
        }

        Close(place);
        Count--;
        if (_slots.Length > FirstSize && Count * 8L < _slots.Length)
        {
            Resize(Math.Max(FirstSize, (int)BitOperations.RoundUpToPowerOf2((uint)Count * 2)));
        }
    }

    /// <summary>No gaps in a run: what would be found only past the gap moves into it.</summary>
    private void Close(int gap)
    {
        int mask = _slots.Length - 1;
        for (int place = (gap + 1) & mask; _slots[place].Connection is not null; place = (place + 1) & mask)
        {
            int home = (int)_slots[place].Hash & mask;
            if (((place - home) & mask) >= ((place - gap) & mask))
            {
                _slots[gap] = _slots[place];
                gap = place;
            }
        }

        _slots[gap] = default;
    }

    private void Resize(int size)
    {
        Slot[] old = _slots;
        _slots = new Slot[size];
        foreach (Slot slot in old)
        {
            if (slot.Connection is not null)
            {
                Put(slot);
            }
        }
    }

    private void Put(Slot slot)
    {
        int mask = _slots.Length - 1;
        int place = (int)slot.Hash & mask;
        while (_slots[place].Connection is not null)
        {
            place = (place + 1) & mask;
        }

        _slots[place] = slot;
    }

    private readonly record struct Slot(HostConnection? Connection, uint Hash);
}
