using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Lives of connections without any privilege: the kernel tells everybody who asks of each socket it frees, with what it sent and
/// received (<see cref="DestroyListener"/>). It does not say whose it was: for that the sockets are looked at once in a while.
/// </summary>
public sealed class DestroyTracer : TraceSource
{
    private const int OctetsOfABatch = 256 << 10;

    private readonly DestroyListener[] _listeners;
    private readonly Sightings _sightings = new();
    private readonly PeriodicLook _look;
    private readonly TraceFrames _frames = new();
    private readonly List<BlindSpot> _blindSpots;
    private bool _hasToldOfTooMany;

    private DestroyTracer(List<DestroyListener> listeners, List<SockDiagSocket> places, List<BlindSpot> unheard, TimeSpan interval, bool mayUseBpf)
    {
        _listeners = [.. listeners];
        UnheardPlaces = unheard;
        BlindSpots = _blindSpots = [.. Unknown(interval), .. unheard];
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
        => $"sock_diag's notices of destroyed sockets, {(_listeners.Length == 1 ? "a buffer" : $"for each of {_listeners.Length} namespaces a buffer")} "
            + $"of {_listeners[0].BufferLength >> 10:N0} KiB";

    /// <summary>Namespaces of which nothing is heard; they stand among the <see cref="TraceSource.BlindSpots"/> too.</summary>
    public IReadOnlyList<BlindSpot> UnheardPlaces { get; }

    /// <summary>How often the sockets have been looked at.</summary>
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
        return new DestroyTracer(listeners, sockets, unheard, interval ?? UsualInterval, mayUseBpf);
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

        if (_sightings.WasFull && !_hasToldOfTooMany)
        {
            _hasToldOfTooMany = true;
            _blindSpots.Add(new BlindSpot("owners of some connections", $"more live at once than are remembered ({Sightings.Capacity:N0})"));
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
        new("the states connections went through, and why they ended", "notices of destroyed sockets do not tell", "run with sudo, or with cap_bpf,cap_perfmon"),
        new("the moment of an end", "the notice comes when the last process closes the socket, which can be later"),
        new($"owners and durations of connections shorter than {interval.TotalSeconds:0.###} s", "notices name nobody, and sockets are looked at no oftener"),
        new("connections reset by their own process (SO_LINGER), and connect() that failed, where no look had seen them", "the kernel forgets the peer before it tells"),
        new("one octet of those received", "the kernel counts the peer's FIN as one, where it came before the socket was freed"),
    ];
}
