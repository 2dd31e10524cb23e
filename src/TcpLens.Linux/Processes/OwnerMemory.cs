using System.Runtime.InteropServices;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Who held a connection when it was last seen held. A TIME_WAIT or an orphan has no owner any more, but it keeps its cookie. At most
/// <see cref="Capacity"/> connections are remembered; beyond, the one not seen for longest is forgotten, and counted.
/// </summary>
public sealed class OwnerMemory
{
    private readonly Dictionary<ulong, int> _slots = [];
    private Memory[] _memories = new Memory[64];   // Slot 0 is both ends of the ring that orders the others by when they were seen.
    private int _count = 1;

    /// <param name="capacity">64 octets each, taken as needed. The default covers tcp_max_tw_buckets of a large machine.</param>
    public OwnerMemory(int capacity = 262_144)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
    }

    public int Capacity { get; }

    public int Count => _count - 1;

    /// <summary>Connections forgotten for want of room.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Notes the holders of a connection, in place of those noted before. Without a cookie or a holder nothing is noted.</summary>
    public void Remember(ulong cookie, ReadOnlySpan<SocketHolder> holders)
    {
        if (cookie == 0 || holders.IsEmpty)
        {
            return;
        }

        if (_slots.TryGetValue(cookie, out int slot))
        {
            Unlink(slot);
        }
        else
        {
            slot = NewSlot();
            _slots.Add(cookie, slot);
        }

        ref Memory memory = ref _memories[slot];
        memory.Cookie = cookie;
        memory.Only = holders[0];
        if (holders.Length == 1)
        {
            memory.All = null;
        }
        else if (memory.All is null || !holders.SequenceEqual(memory.All))
        {
            memory.All = holders.ToArray();
        }

        LinkAsNewest(slot);
    }

    /// <summary>Its last known holders; empty when it was never seen held, or is forgotten. Valid until the next call of this object.</summary>
    public ReadOnlySpan<SocketHolder> Recall(ulong cookie)
    {
        if (!_slots.TryGetValue(cookie, out int slot))
        {
            return [];
        }

        ref Memory memory = ref _memories[slot];
        return memory.All is null ? MemoryMarshal.CreateReadOnlySpan(ref memory.Only, 1) : memory.All;
    }

    private int NewSlot()
    {
        if (Count == Capacity)
        {
            int oldest = _memories[0].Newer;
            Unlink(oldest);
            _slots.Remove(_memories[oldest].Cookie);
            Forgotten++;
            return oldest;
        }

        if (_count == _memories.Length)
        {
            Array.Resize(ref _memories, 2 * _count);
        }

        return _count++;
    }

    private void Unlink(int slot)
    {
        ref Memory memory = ref _memories[slot];
        _memories[memory.Older].Newer = memory.Newer;
        _memories[memory.Newer].Older = memory.Older;
    }

    private void LinkAsNewest(int slot)
    {
        ref Memory memory = ref _memories[slot];
        memory.Newer = 0;
        memory.Older = _memories[0].Older;
        _memories[memory.Older].Newer = slot;
        _memories[0].Older = slot;
    }

    private struct Memory
    {
        public ulong Cookie;
        public SocketHolder Only;
        public SocketHolder[]? All;
        public int Older;
        public int Newer;
    }
}
