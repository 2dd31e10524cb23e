using System.Numerics;
using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

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

    private Line _live;
    private Line _ended;

    public int Count => _live.Count + _ended.Count;

    public bool IsFull => Count >= capacity;

    public int Ended => _ended.Count;

    /// <summary>Of the connections that have not ended the one that has been silent for longest; 0 when there is none.</summary>
    public int OldestLive => _live.Oldest;

    /// <summary>The same of those that have ended.</summary>
    public int OldestEnded => _ended.Oldest;

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
        Append(at, ref slot, ref _live);
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
        Unlink(at, ref slot, ref LineOf(in slot));
        slot.NextInBucket = _free;
        _free = at;
    }

    /// <summary>
    /// Notes that the connection was heard of. The order of silence is kept to the second, not to the segment: to move a connection
    /// touches its neighbours, which are somewhere else in memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(int at, ref ConnectionSlot slot, long nanoseconds)
    {
        uint seconds = SecondsOf(nanoseconds);
        if (seconds != slot.MovedSeconds)
        {
            slot.MovedSeconds = seconds;
            ref Line line = ref LineOf(in slot);
            Unlink(at, ref slot, ref line);
            Append(at, ref slot, ref line);
        }
    }

    public static uint SecondsOf(long nanoseconds) => (uint)(nanoseconds / (TimeSpan.NanosecondsPerTick * TimeSpan.TicksPerSecond));

    /// <summary>Puts a connection that has ended into the line of those that are kept only for what may come late.</summary>
    public void SetEnded(int at)
    {
        ref ConnectionSlot slot = ref this[at];
        if (!slot.HasEnded)
        {
            Unlink(at, ref slot, ref _live);
            slot.HasEnded = true;
            Append(at, ref slot, ref _ended);
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

    private ref Line LineOf(in ConnectionSlot slot) => ref slot.HasEnded ? ref _ended : ref _live;

    private void Append(int at, ref ConnectionSlot slot, ref Line line)
    {
        slot.Older = line.Newest;
        slot.Newer = 0;
        if (line.Newest != 0)
        {
            this[line.Newest].Newer = at;
        }
        else
        {
            line.Oldest = at;
        }

        line.Newest = at;
        line.Count++;
    }

    private void Unlink(int at, ref ConnectionSlot slot, ref Line line)
    {
        if (slot.Older != 0)
        {
            this[slot.Older].Newer = slot.Newer;
        }
        else
        {
            line.Oldest = slot.Newer;
        }

        if (slot.Newer != 0)
        {
            this[slot.Newer].Older = slot.Older;
        }
        else
        {
            line.Newest = slot.Older;
        }

        line.Count--;
    }

    private void Grow()
    {
        int[] buckets = new int[_buckets.Length * 2];
        Spread(buckets, _live.Oldest);
        Spread(buckets, _ended.Oldest);
        _buckets = buckets;
    }

    private void Spread(int[] buckets, int oldest)
    {
        for (int at = oldest; at != 0;)
        {
            ref ConnectionSlot slot = ref this[at];
            ref int bucket = ref buckets[Hash(in slot.Key) & (uint)(buckets.Length - 1)];
            slot.NextInBucket = bucket;
            bucket = at;
            at = slot.Newer;
        }
    }

    /// <summary>Slots in the order in which they were last heard of.</summary>
    private struct Line
    {
        public int Oldest;
        public int Newest;
        public int Count;
    }
}
