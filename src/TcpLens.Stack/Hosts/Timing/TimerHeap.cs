using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// When connections want to be woken. A connection's place in the heap may be earlier than what it waits for now, never later: a
/// timer that moves away, as the retransmission timer does with every ACK, costs nothing until its old time comes.
/// </summary>
internal sealed class TimerHeap
{
    /// <summary>Four children to a node: half the levels of two, and they lie side by side.</summary>
    private const int Arity = 4;

    private Entry[] _entries = new Entry[16];
    private int _count;

    /// <summary>The earliest time that a connection still waits for.</summary>
    public Instant Next
    {
        get
        {
            while (_count > 0 && _entries[0].Connection.Core.NextTimeout is var wanted && wanted > _entries[0].Due)
            {
                Move(0, wanted);
            }

            return _count == 0 ? Instant.Never : _entries[0].Due;
        }
    }

    /// <summary>Looks at what the connection waits for now.</summary>
    public void Update(HostConnection connection)
    {
        Instant wanted = connection.Core.NextTimeout;
        int index = connection.TimerIndex;
        if (index >= 0)
        {
            if (wanted < _entries[index].Due)
            {
                Move(index, wanted);
            }
        }
        else if (wanted != Instant.Never)
        {
            Add(connection, wanted);
        }
    }

    public void Remove(HostConnection connection)
    {
        if (connection.TimerIndex >= 0)
        {
            Move(connection.TimerIndex, Instant.Never);
        }
    }

    /// <summary>A connection whose time has come, if there is one. It stays in the heap until <see cref="Settle"/> was told how it went.</summary>
    public bool TryPeekDue(Instant now, out HostConnection connection)
    {
        bool isDue = Next <= now && _count > 0;
        connection = isDue ? _entries[0].Connection : null!;
        return isDue;
    }

    /// <summary>After its timeout at <paramref name="now"/>: what it waits for, and that is later, so that others have their turn.</summary>
    public void Settle(HostConnection connection, Instant now)
    {
        if (connection.TimerIndex >= 0)
        {
            Instant wanted = connection.Core.NextTimeout;
            Move(connection.TimerIndex, wanted > now ? wanted : new(now.Nanoseconds + 1));
        }
    }

    private void Add(HostConnection connection, Instant due)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        _count++;
        Rise(_count - 1, new(due, connection));
    }

    private void Move(int index, Instant due)
    {
        Entry entry = _entries[index];
        if (due == Instant.Never)
        {
            entry.Connection.TimerIndex = -1;
            entry = _entries[--_count];
            _entries[_count] = default;
            if (index == _count)
            {
                return;
            }

            due = entry.Due;
        }

        entry = entry with { Due = due };
        if (index > 0 && due < _entries[(index - 1) / Arity].Due)
        {
            Rise(index, entry);
        }
        else
        {
            Sink(index, entry);
        }
    }

    private void Rise(int index, Entry entry)
    {
        while (index > 0 && (index - 1) / Arity is var parent && entry.Due < _entries[parent].Due)
        {
            Place(index, _entries[parent]);
            index = parent;
        }

        Place(index, entry);
    }

    private void Sink(int index, Entry entry)
    {
        while (EarliestChild(index) is >= 0 and var child && _entries[child].Due < entry.Due)
        {
            Place(index, _entries[child]);
            index = child;
        }

        Place(index, entry);
    }

    private int EarliestChild(int index)
    {
        int first = (index * Arity) + 1;
        if (first >= _count)
        {
            return -1;
        }

        int earliest = first;
        for (int child = first + 1; child < Math.Min(first + Arity, _count); child++)
        {
            earliest = _entries[child].Due < _entries[earliest].Due ? child : earliest;
        }

        return earliest;
    }

    private void Place(int index, Entry entry)
    {
        _entries[index] = entry;
        entry.Connection.TimerIndex = index;
    }

    private readonly record struct Entry(Instant Due, HostConnection Connection);
}
