using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>The descriptors of a script, and the host that they are of.</summary>
internal sealed class ScriptSockets(Lazy<TcpHost> host, ScriptKnobs knobs, ScriptAddresses addresses)
{
    private const int MaxDescriptors = 1024;

    private readonly Dictionary<int, ScriptSocket> _sockets = [];
    private readonly Dictionary<int, EpollSet> _epolls = [];

    public TcpHost Host => host.Value;

    public ScriptKnobs Knobs { get; } = knobs;

    public ScriptAddresses Addresses { get; } = addresses;

    public IReadOnlyCollection<ScriptSocket> All => _sockets.Values;

    /// <summary>The socket whose connection is the newest: what assertions are about.</summary>
    public ScriptSocket? Newest { get; private set; }

    public int SegmentSize => Knobs.AdvertisedSegmentSize ?? Addresses.SegmentSize(Knobs.Mtu);

    public ScriptSocket? Find(int descriptor) => _sockets.GetValueOrDefault(descriptor);

    public EpollSet? FindEpoll(int descriptor) => _epolls.GetValueOrDefault(descriptor);

    /// <summary>A script says itself which number it expects; another one is taken by whoever asks next.</summary>
    public int Add(ScriptSocket socket, long? wanted, bool isNewest = true)
    {
        int descriptor = Free(wanted);
        _sockets[descriptor] = socket;
        Newest = isNewest ? socket : Newest;
        return descriptor;
    }

    public int Add(EpollSet epoll, long? wanted)
    {
        int descriptor = Free(wanted);
        _epolls[descriptor] = epoll;
        return descriptor;
    }

    public bool Remove(int descriptor) => _sockets.Remove(descriptor) || _epolls.Remove(descriptor);

    public void Hear(HostEvent happened)
    {
        foreach (ScriptSocket socket in _sockets.Values)
        {
            if ((happened.Connection is { } connection && socket.Connection == connection) || (happened.Listener is { } listener && socket.Listener == listener))
            {
                socket.Edges++;
            }
        }
    }

    /// <summary>A segment is about to arrive: what MSG_MORE held back leaves with the next opportunity, as in Linux it lasts only as long as the call.</summary>
    public void ReleaseMore()
    {
        foreach (ScriptSocket socket in _sockets.Values)
        {
            if (socket.HasMore)
            {
                socket.HasMore = false;
                socket.Apply();
            }
        }
    }

    private int Free(long? wanted)
    {
        int descriptor = wanted is >= 0 and < int.MaxValue && !IsTaken((int)wanted.Value) ? (int)wanted.Value : 3;
        while (IsTaken(descriptor))
        {
            descriptor++;
        }

        return _sockets.Count < MaxDescriptors ? descriptor : throw new UnsupportedFeatureException($"more than {MaxDescriptors} descriptors");
    }

    private bool IsTaken(int descriptor) => _sockets.ContainsKey(descriptor) || _epolls.ContainsKey(descriptor);
}
