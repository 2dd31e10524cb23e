using System.Numerics;
using System.Runtime.CompilerServices;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Connections in TIME-WAIT: records in chunks, found through buckets, and in a line by age. All wait equally long, so the oldest is the
/// next to go, and nothing is ever sorted.
/// </summary>
/// <param name="addresses">The host's.</param>
/// <param name="key">Of the buckets.</param>
/// <param name="wait">How long each stays.</param>
/// <param name="most">How many there may be.</param>
internal sealed class TimeWaitTable(HostAddresses addresses, SipHash key, TimeSpan wait, int most)
{
    private const int ChunkBits = 10;
    private const int FewestBuckets = 64;
    private const long Millisecond = 1_000_000;

    private readonly List<TimeWaitRecord[]> _chunks = [];
    private int[] _buckets = NewBuckets(FewestBuckets);
    private int _used;
    private int _free = TimeWaitRecord.None;
    private int _oldest = TimeWaitRecord.None;
    private int _newest = TimeWaitRecord.None;
    private Instant _lastExpiry;

    public int Count { get; private set; }

    /// <summary>Memory that it holds.</summary>
    public long Octets => (((long)_chunks.Count << ChunkBits) * Unsafe.SizeOf<TimeWaitRecord>()) + (_buckets.Length * sizeof(int));

    /// <summary>The oldest record, where a walk begins; it goes on with <see cref="TimeWaitRecord.Newer"/>.</summary>
    public int Oldest => _oldest;

    public ref TimeWaitRecord this[int index] => ref _chunks[index >> ChunkBits][index & ((1 << ChunkBits) - 1)];

    public FourTuple TupleOf(in TimeWaitRecord record)
        => new(new(addresses[record.LocalNumber], record.LocalPort), new(record.RemoteAddress, record.RemotePort));

    /// <summary>When the oldest is over, up to a millisecond late.</summary>
    public Instant NextTimeout { get; private set; } = Instant.Never;

    /// <summary>
    /// When that record is over, up to a millisecond late. Records keep 32 bits of it; the newest one's is known whole, and no other lies
    /// further back than the clock goes round.
    /// </summary>
    public Instant ExpiryOf(in TimeWaitRecord record)
    {
        uint before = unchecked(Milliseconds(_lastExpiry) - record.Expiry);
        return new(((_lastExpiry.Nanoseconds / Millisecond) - before + 1) * Millisecond);
    }

    /// <summary>False when there are as many as there may be.</summary>
    public bool TryAdd(in TimeWaitRecord record, Instant now)
    {
        if (Count == most)
        {
            return false;
        }

        if (Count == _buckets.Length)
        {
            Grow();
        }

        int index = Take();
        this[index] = record;
        EnterBucket(index);
        EnterLine(index, now);
        Count++;
        return true;
    }

    /// <summary><see cref="TimeWaitRecord.None"/> when there is none.</summary>
    public int Find(in FourTuple tuple)
    {
        if (Count == 0)
        {
            return TimeWaitRecord.None;
        }

        int index = _buckets[Bucket(tuple)];
        while (index != TimeWaitRecord.None && TupleOf(this[index]) != tuple)
        {
            index = this[index].NextInBucket;
        }

        return index;
    }

    /// <summary>The wait begins again (RFC 9293 §3.10.7.4: "restart the 2 MSL timeout").</summary>
    public void Restart(int index, Instant now)
    {
        LeaveLine(index);
        EnterLine(index, now);
    }

    public void Remove(int index)
    {
        LeaveBucket(index);
        LeaveLine(index);
        this[index].NextInBucket = _free;
        _free = index;
        Count--;
        if (Count == 0)
        {
            GiveBack();
        }
    }

    /// <summary>Removes what is over.</summary>
    public void OnTimeout(Instant now)
    {
        while (now >= NextTimeout)
        {
            Remove(_oldest);
        }
    }

    private void EnterLine(int index, Instant now)
    {
        _lastExpiry = now + wait;
        ref TimeWaitRecord record = ref this[index];
        record.Expiry = Milliseconds(_lastExpiry);
        (record.Older, record.Newer) = (_newest, TimeWaitRecord.None);
        if (_newest == TimeWaitRecord.None)
        {
            _oldest = index;
            NextTimeout = _lastExpiry;
        }
        else
        {
            this[_newest].Newer = index;
        }

        _newest = index;
    }

    private void LeaveLine(int index)
    {
        (int older, int newer) = (this[index].Older, this[index].Newer);
        if (newer == TimeWaitRecord.None)
        {
            _newest = older;
        }
        else
        {
            this[newer].Older = older;
        }

        if (older == TimeWaitRecord.None)
        {
            _oldest = newer;
            NextTimeout = newer == TimeWaitRecord.None ? Instant.Never : ExpiryOf(this[newer]);
        }
        else
        {
            this[older].Newer = newer;
        }
    }

    private static uint Milliseconds(Instant instant) => unchecked((uint)(instant.Nanoseconds / Millisecond));

    private int Take()
    {
        if (_free != TimeWaitRecord.None)
        {
            int index = _free;
            _free = this[index].NextInBucket;
            return index;
        }

        if (_used == _chunks.Count << ChunkBits)
        {
            _chunks.Add(new TimeWaitRecord[1 << ChunkBits]);
        }

        return _used++;
    }

    private int Bucket(in FourTuple tuple) => (int)(tuple.TableHash(key) & (uint)(_buckets.Length - 1));

    private void EnterBucket(int index)
    {
        ref int bucket = ref _buckets[Bucket(TupleOf(this[index]))];
        this[index].NextInBucket = bucket;
        bucket = index;
    }

    private void LeaveBucket(int index)
    {
        ref int bucket = ref _buckets[Bucket(TupleOf(this[index]))];
        if (bucket == index)
        {
            bucket = this[index].NextInBucket;
            return;
        }

        int before = bucket;
        while (this[before].NextInBucket != index)
        {
            before = this[before].NextInBucket;
        }

        this[before].NextInBucket = this[index].NextInBucket;
    }

    private void Grow()
    {
        _buckets = NewBuckets((int)BitOperations.RoundUpToPowerOf2((uint)_buckets.Length + 1));
        for (int index = _oldest; index != TimeWaitRecord.None; index = this[index].Newer)
        {
            EnterBucket(index);
        }
    }

    private void GiveBack()
    {
        if (_chunks.Count > 1)
        {
            _chunks.RemoveRange(1, _chunks.Count - 1);
            _buckets = NewBuckets(FewestBuckets);
            (_used, _free) = (0, TimeWaitRecord.None);
        }
    }

    private static int[] NewBuckets(int count)
    {
        int[] buckets = new int[count];
        Array.Fill(buckets, TimeWaitRecord.None);
        return buckets;
    }
}
