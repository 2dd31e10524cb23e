using System.Numerics;
using System.Runtime.CompilerServices;
using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// The live connections: slots in arrays that never move, found by a hash of addresses and ports that is the same both ways, and
/// kept in the order of their last segment. Slot 0 is none.
/// </summary>
internal sealed class ConnectionTable(int capacity)
{
    private const int PageBits = 10;
    private const int PageMask = (1 << PageBits) - 1;

    private ConnectionSlot[][] _pages = [new ConnectionSlot[1 << PageBits]];
    private int[] _buckets = new int[1 << 12];
    private int _used = 1;
    private int _free;

    public int Count { get; private set; }

    public bool IsFull => Count >= capacity;

    /// <summary>The connection that has been silent for longest; 0 when there is none.</summary>
    public int Oldest { get; private set; }

    private int _newest;

    public ref ConnectionSlot this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _pages[slot >> PageBits][slot & PageMask];
    }

    /// <summary>The same for both directions of a connection.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(in CapturedSegment segment)
    {
        ulong one = Mix(segment.Source, segment.SourcePort);
        ulong other = Mix(segment.Destination, segment.DestinationPort);
        ulong both = (one + other) * 0x9E37_79B9_7F4A_7C15;
        return (uint)(both >> 32);
    }

    /// <summary>The connection that a segment belongs to, and which end sent it; 0 when there is none.</summary>
    public int Find(in CapturedSegment segment, uint hash, out ConnectionEnd sender)
    {
        int at = _buckets[hash & (uint)(_buckets.Length - 1)];
        while (at != 0)
        {
            ref ConnectionSlot slot = ref this[at];
            if (IsFrom(in slot.Key, in segment))
            {
                sender = ConnectionEnd.Originator;
                return at;
            }

            if (IsTo(in slot.Key, in segment))
            {
                sender = ConnectionEnd.Responder;
                return at;
            }

            at = slot.NextInBucket;
        }

        sender = ConnectionEnd.Originator;
        return 0;
    }

    /// <summary>An empty slot for a new connection. The table must not be full.</summary>
    public int Add(in ConnectionKey key, uint hash)
    {
        if (Count >= _buckets.Length)
        {
            Grow();
        }

        int at = TakeSlot();
        ref ConnectionSlot slot = ref this[at];
        slot = default;
        slot.Key = key;
        ref int bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
        slot.NextInBucket = bucket;
        bucket = at;
        Append(at, ref slot);
        Count++;
        return at;
    }

    public void Remove(int at)
    {
        ref ConnectionSlot slot = ref this[at];
        ref int link = ref _buckets[Hash(in slot.Key) & (uint)(_buckets.Length - 1)];
        while (link != at)
        {
            link = ref this[link].NextInBucket;
        }

        link = slot.NextInBucket;
        Unlink(at, ref slot);
        slot.NextInBucket = _free;
        _free = at;
        Count--;
    }

    /// <summary>Notes that the connection was just heard of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(int at)
    {
        if (at != _newest)
        {
            ref ConnectionSlot slot = ref this[at];
            Unlink(at, ref slot);
            Append(at, ref slot);
        }
    }

    private static ulong Mix(HostAddress address, ushort port)
    {
        ulong mixed = (address.High ^ BitOperations.RotateLeft(address.Low, 17) ^ ((ulong)port << 48)) * 0xD6E8_FEB8_6659_FD93;
        return mixed ^ (mixed >> 32);
    }

    private static uint Hash(in ConnectionKey key)
    {
        ulong both = (Mix(key.Originator, key.OriginatorPort) + Mix(key.Responder, key.ResponderPort)) * 0x9E37_79B9_7F4A_7C15;
        return (uint)(both >> 32);
    }

    private static bool IsFrom(in ConnectionKey key, in CapturedSegment segment)
        => key.OriginatorPort == segment.SourcePort && key.ResponderPort == segment.DestinationPort
            && key.Originator == segment.Source && key.Responder == segment.Destination;

    private static bool IsTo(in ConnectionKey key, in CapturedSegment segment)
        => key.OriginatorPort == segment.DestinationPort && key.ResponderPort == segment.SourcePort
            && key.Originator == segment.Destination && key.Responder == segment.Source;

    private int TakeSlot()
    {
        if (_free != 0)
        {
            int at = _free;
            _free = this[at].NextInBucket;
            return at;
        }

        if (_used >> PageBits == _pages.Length)
        {
            Array.Resize(ref _pages, _pages.Length * 2);
        }

        _pages[_used >> PageBits] ??= new ConnectionSlot[1 << PageBits];
        return _used++;
    }

    private void Append(int at, ref ConnectionSlot slot)
    {
        slot.Older = _newest;
        slot.Newer = 0;
        if (_newest != 0)
        {
            this[_newest].Newer = at;
        }
        else
        {
            Oldest = at;
        }

        _newest = at;
    }

    private void Unlink(int at, ref ConnectionSlot slot)
    {
        if (slot.Older != 0)
        {
            this[slot.Older].Newer = slot.Newer;
        }
        else
        {
            Oldest = slot.Newer;
        }

        if (slot.Newer != 0)
        {
            this[slot.Newer].Older = slot.Older;
        }
        else
        {
            _newest = slot.Older;
        }
    }

    private void Grow()
    {
        int[] buckets = new int[_buckets.Length * 2];
        for (int at = Oldest; at != 0;)
        {
            ref ConnectionSlot slot = ref this[at];
            ref int bucket = ref buckets[Hash(in slot.Key) & (uint)(buckets.Length - 1)];
            slot.NextInBucket = bucket;
            bucket = at;
            at = slot.Newer;
        }

        _buckets = buckets;
    }
}
