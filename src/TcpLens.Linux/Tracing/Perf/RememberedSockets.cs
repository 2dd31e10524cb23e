using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>What is remembered of a socket from one event to the next.</summary>
internal struct RememberedSocket
{
    /// <summary>When the present state began; 0 when before the tracing.</summary>
    public ulong SinceNanoseconds;
    public ulong BornNanoseconds;
    public ulong EstablishedNanoseconds;
    public StatePath Path;
    public WireAddress LocalAddress;
    public WireAddress RemoteAddress;
    public TaskName Command;
    public int Pid;
    public ushort LocalPort;
    public ushort RemotePort;
    public ushort Retransmits;
    public IpFamily Family;

    /// <summary>0 when the state changes in between are not followed.</summary>
    public TcpState State;

    /// <summary>LISTEN→SYN_RECV came and was not told yet.</summary>
    public bool IsNewborn;
}

/// <summary>
/// Sockets by their addresses in the kernel: those that changed state since the tracing began and are not closed. As many as
/// <see cref="Capacity"/>, in 12 MiB when full; beyond that the one of eight that has not changed for the longest is forgotten, and
/// counted. A kernel address is given anew when its socket is gone: the first change of a socket's life overwrites what was there.
/// </summary>
internal sealed class RememberedSockets
{
    public const int Capacity = Buckets * Ways;

    private const int BucketBits = 14;
    private const int Buckets = 1 << BucketBits;
    private const int Ways = 8;   // Keys of a bucket fill one cache line.

    private readonly ulong[] _keys = new ulong[Capacity];
    private readonly RememberedSocket[] _sockets = new RememberedSocket[Capacity];

    /// <summary>Sockets that were forgotten to make room for others.</summary>
    public ulong Forgotten { get; private set; }

    /// <summary>What is known of a socket; a null reference (<see cref="Unsafe.IsNullRef"/>) when nothing.</summary>
    public ref RememberedSocket Find(ulong socket)
    {
        int bucket = BucketOf(socket);
        int way = socket == 0 ? -1 : _keys.AsSpan(bucket, Ways).IndexOf(socket);
        return ref way < 0 ? ref Unsafe.NullRef<RememberedSocket>() : ref _sockets[bucket + way];
    }

    /// <summary>What is known of a socket; zeros when it was not known until now.</summary>
    public ref RememberedSocket FindOrAdd(ulong socket)
    {
        ref RememberedSocket known = ref Find(socket);
        if (!Unsafe.IsNullRef(ref known))
        {
            return ref known;
        }

        int place = PlaceFor(socket);
        _keys[place] = socket;
        _sockets[place] = default;
        return ref _sockets[place];
    }

    public void Forget(ulong socket)
    {
        int bucket = BucketOf(socket);
        if (_keys.AsSpan(bucket, Ways).IndexOf(socket) is >= 0 and var way)
        {
            _keys[bucket + way] = 0;
        }
    }

    private int PlaceFor(ulong socket)
    {
        int bucket = BucketOf(socket);
        if (_keys.AsSpan(bucket, Ways).IndexOf(0UL) is >= 0 and var free)
        {
            return bucket + free;
        }

        int oldest = bucket;
        for (int place = bucket + 1; place < bucket + Ways; place++)
        {
            oldest = _sockets[place].SinceNanoseconds < _sockets[oldest].SinceNanoseconds ? place : oldest;
        }

        Forgotten++;
        return oldest;
    }

    /// <summary>Fibonacci hashing: addresses of one slab differ in few bits, the product's upper ones differ in all.</summary>
    private static int BucketOf(ulong socket) => (int)((socket * 0x9E3779B97F4A7C15) >> (64 - BucketBits)) * Ways;
}
