using System.Runtime.InteropServices;

namespace TcpLens.Observation;

/// <summary>
/// A queue that can be left by key, too: of several elements with the same key the oldest goes first. It takes memory as it needs it,
/// for <paramref name="capacity"/> elements at most, keeps it, and then allocates nothing more.
/// </summary>
internal sealed class KeyedQueue<TKey, TValue>(int capacity)
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    private readonly Dictionary<TKey, Chain> _chains = [];
    private Slot[] _slots = new Slot[64];   // Slot 0 is both ends of the ring that orders the others by age.
    private int _used = 1;
    private int _firstFree;

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    /// <summary>There must be one.</summary>
    public ref readonly TValue Oldest => ref _slots[_slots[0].Newer].Value;

    /// <summary>There must be room.</summary>
    public void Add(TKey key, in TValue value)
    {
        int slot = NewSlot();
        _slots[slot] = new Slot { Key = key, Value = value, Older = _slots[0].Older };
        _slots[_slots[0].Older].Newer = slot;
        _slots[0].Older = slot;
        ref Chain chain = ref CollectionsMarshal.GetValueRefOrAddDefault(_chains, key, out bool isKnown);
        if (isKnown)
        {
            _slots[chain.Last].NextOfKey = slot;
            chain.Last = slot;
        }
        else
        {
            chain = new Chain { First = slot, Last = slot };
        }

        Count++;
    }

    /// <summary>Takes the oldest with this key.</summary>
    public bool TryTake(TKey key, out TValue value)
    {
        ref Chain chain = ref CollectionsMarshal.GetValueRefOrNullRef(_chains, key);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref chain))
        {
            value = default;
            return false;
        }

        int slot = chain.First;
        value = _slots[slot].Value;
        if (chain.First == chain.Last)
        {
            _chains.Remove(key);
        }
        else
        {
            chain.First = _slots[slot].NextOfKey;
        }

        Free(slot);
        return true;
    }

    /// <summary>Takes the oldest of all, which is the oldest of its key, too. There must be one.</summary>
    public TValue TakeOldest()
    {
        _ = TryTake(_slots[_slots[0].Newer].Key, out TValue oldest);
        return oldest;
    }

    private int NewSlot()
    {
        if (_firstFree != 0)
        {
            int free = _firstFree;
            _firstFree = _slots[free].NextOfKey;
            return free;
        }

        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, 2 * _used);
        }

        return _used++;
    }

    private void Free(int slot)
    {
        ref Slot freed = ref _slots[slot];
        _slots[freed.Older].Newer = freed.Newer;
        _slots[freed.Newer].Older = freed.Older;
        freed.NextOfKey = _firstFree;
        _firstFree = slot;
        Count--;
    }

    private struct Chain
    {
        public int First;
        public int Last;
    }

    private struct Slot
    {
        public TKey Key;
        public TValue Value;
        public int Older;
        public int Newer;

        /// <summary>The next younger element with the same key; of a free slot, the next free one.</summary>
        public int NextOfKey;
    }
}
