using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Lives of connections without any privilege: the kernel tells everybody who asks of each socket it frees, with what it sent and
/// received (<see cref="DestroyListener"/>). Whose it was that notice does not say, so the sockets are looked at once in a while.
/// </summary>
public sealed class DestroyTracer : TraceSource
{
    private const int OctetsOfABatch = 256 << 10;

    private readonly DestroyListener[] _listeners;
    private readonly Sightings _sightings = new();
    private readonly PeriodicLook _look;
    private readonly TraceFrames _frames = new();

    private DestroyTracer(List<DestroyListener> listeners, List<SockDiagSocket> places, TimeSpan interval, bool mayUseBpf)
    {
        _listeners = [.. listeners];
        _look = new PeriodicLook(places, _sightings, interval, mayUseBpf);
    }

    /// <summary>How often the sockets are looked at where nothing else is asked for.</summary>
    public static TimeSpan UsualInterval => TimeSpan.FromSeconds(1);

    public override ulong Lost
    {
        get
        {
            ulong lost = 0;
            foreach (DestroyListener listener in _listeners)
            {
                lost += listener.Lost;
            }

            return lost;
        }
    }

    public override TraceNames Names => TraceNames.None;

    public override string Description
        => $"sock_diag's notices of destroyed sockets, from {(_listeners.Length == 1 ? "1 namespace" : $"{_listeners.Length} namespaces")}, "
            + $"a buffer of {_listeners[0].BufferLength >> 10} KiB for each";

    /// <summary>Namespaces of which nothing is heard; they stand among the <see cref="TraceSource.BlindSpots"/> too.</summary>
    public IReadOnlyList<BlindSpot> UnheardPlaces { get; private init; } = [];

    /// <summary>Looks at the sockets that came to their end.</summary>
    internal int Looks => _look.Looks;

    /// <summary>Listens from now on.</summary>
    /// <param name="request">Of its topics only lives are served; its ring's length is that of the buffer for each namespace.</param>
    /// <param name="places">The namespaces to listen in.</param>
    /// <param name="whyNot">Null, or why there is no such source.</param>
    /// <param name="interval">Between two looks; <see cref="UsualInterval"/> when not given.</param>
    /// <param name="mayUseBpf">False to find owners by /proc alone.</param>
    public static DestroyTracer? TryOpen(
        TraceRequest request, IReadOnlyList<NetworkNamespace> places, out string? whyNot, TimeSpan? interval = null, bool mayUseBpf = true)
    {
        if (!request.Topics.HasFlag(TraceTopics.Lives))
        {
            whyNot = "notices of destroyed sockets tell of whole lives only (--lives)";
            return null;
        }

        List<DestroyListener> listeners = [];
        List<SockDiagSocket> sockets = [];
        List<BlindSpot> unheard = [];
        whyNot = null;
        foreach (NetworkNamespace place in places)
        {
            try
            {
                (DestroyListener listener, SockDiagSocket socket) = LiveMachine.In(
                    place, () => (DestroyListener.Open(place.Inode, request.RingLength), SockDiagSocket.Open(place.Inode)));
                listeners.Add(listener);
                sockets.Add(socket);
            }
            catch (SystemCallException refused)
            {
                whyNot ??= refused.Message;
                unheard.Add(new BlindSpot($"lives in namespace {place.DisplayName}", refused.Message));
            }
        }

        if (listeners.Count == 0)
        {
            whyNot ??= "no namespace was named to listen in";
            return null;
        }

        whyNot = null;
        TimeSpan between = interval ?? UsualInterval;
        return new DestroyTracer(listeners, sockets, between, mayUseBpf) { UnheardPlaces = unheard, BlindSpots = [.. Unknown(between), .. unheard] };
    }

    public override ReadOnlySpan<byte> Take()
    {
        ulong now = (ulong)MonotonicClock.Now().Nanoseconds;
        foreach (DestroyListener listener in _listeners)
        {
            while (_frames.Octets.Length < OctetsOfABatch && listener.Read(out SocketEntry entry))
            {
                Note(in entry, listener.Info, now);
            }
        }

        return _frames.Octets;
    }

    public override void Release() => _frames.Clear();

    protected override void Dispose(bool disposing)
    {
        _look.Dispose();
        foreach (DestroyListener listener in _listeners)
        {
            listener.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// Without a peer it was a listener, or never connected; or tcp_disconnect() made it forget its peer, and its counts: after connect()
    /// failed, or close() without lingering (net/ipv4/tcp.c). Then only a look can have seen that it was a connection.
    /// </summary>
    private void Note(in SocketEntry entry, TcpInfo? info, ulong now)
    {
        if (_sightings.TryTake(entry.Cookie, out Sighting sighting) || entry.Remote.Port != 0)
        {
            TraceRecord record = DestroyedSocket.Record(in entry, info, in sighting, now);
            LifeTail tail = DestroyedSocket.Tail(info);
            _frames.Add(in record, in tail);
        }
    }

    private static BlindSpot[] Unknown(TimeSpan interval) =>
    [
        new("states of a connection, and why it ended", "a notice of a destroyed socket does not say", "run with sudo, or with cap_bpf,cap_perfmon"),
        new("when it ended", "the notice comes when the socket is freed, which is when the last process closes it"),
        new($"who held it and how long it lasted, if it was shorter than {interval.TotalSeconds:0.###} s", "notices name nobody, and sockets are looked at only so often"),
        new("connect() that failed, and close() without lingering (SO_LINGER 0), of a connection not seen before", "the kernel forgets the peer first"),
        new("an octet of what was received", "the kernel counts the peer's FIN as one where it came in time"),
    ];
}
