using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// A host: any number of connections and listeners behind some IP addresses, without I/O and without a clock. It takes and gives
/// whole IP packets:
/// <code>
/// while (device.TryRead(buffer, out int length, out PacketOffload offload)) host.OnPacket(buffer.AsSpan(0, length), offload, now);
/// host.OnTimeout(now);                                                     // nothing when it is too early
/// while (host.TryTakeEvent(out HostEvent happened)) program.Hear(happened);
/// while (host.TryTakePacket(buffer, now, out length, out offload)) device.TryWrite(buffer.AsSpan(0, length), offload);
/// device.Wait(until: host.NextTimeout);
/// </code>
/// One thread at a time. It does not talk to itself: a packet to one of its own addresses goes out like any other, and is refused if it
/// comes back.
/// </summary>
public sealed class TcpHost
{
    private const int LeastMtuV4 = 576;
    private const int LeastMtuV6 = 1280;

    private readonly ConnectionRegistry _registry;
    private readonly HostAddresses _addresses;
    private readonly ListenerTable _listeners = new();
    private readonly ReplyQueue _replies;
    private readonly SegmentInput _segments;
    private readonly IcmpInput _icmp;
    private readonly ActiveOpens _opens;

    /// <param name="settings">What the host is.</param>
    /// <param name="secret">16 octets that nobody can guess: initial sequence numbers, ports, cookies and hash tables depend on them.</param>
    /// <exception cref="ArgumentException">No address, one that is no host's, an MTU that the family's rules forbid, no ports, another secret.</exception>
    public TcpHost(TcpHostSettings settings, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Mtu, settings.Addresses.All(address => address.IsV4Mapped) ? LeastMtuV4 : LeastMtuV6);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.Mtu, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfZero(settings.FirstPort);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.LastPort, settings.FirstPort);
        Settings = settings;
        var secrets = new HostSecrets(secret);
        _addresses = new(settings.Addresses);
        _registry = new(settings, Counters, secrets, _addresses);
        _replies = new(Counters);
        var strays = new StraySegments(_replies, settings.ResetsPerSecond);
        var handshakes = new Handshakes(settings, _registry, Counters, secrets, _replies, strays);
        var timeWaits = new TimeWaitInput(settings, _registry.TimeWaits, Counters, _replies, strays);
        _segments = new(_registry, _addresses, _listeners, Counters, timeWaits, handshakes, strays);
        _icmp = new(settings, _registry, _addresses, _replies);
        _opens = new(settings, _registry, secrets, _addresses, _listeners);
    }

    public TcpHostSettings Settings { get; }

    public TcpCounters Counters { get; } = new();

    /// <summary>Connections in ESTABLISHED and CLOSE-WAIT (Linux: CurrEstab).</summary>
    public int Established => _registry.Established;

    /// <summary>Connections that are not CLOSED, half-open ones included; without those of which only TIME-WAIT is left.</summary>
    public int Connections => _registry.Table.Count;

    /// <summary>Handshakes that peers have begun and not finished.</summary>
    public int HalfOpen => _registry.HalfOpen;

    /// <summary>Connections that no program holds any more.</summary>
    public int Orphans => _registry.Orphans;

    /// <summary>Connections of which only TIME-WAIT is left.</summary>
    public int TimeWaits => _registry.TimeWaits.Count;

    /// <summary>A packet arrives. Says why it had no (whole) effect; whatever stands in it, nothing is thrown.</summary>
    /// <param name="packet">IPv4 or IPv6, from the first octet of the header; octets after the length it states are ignored.</param>
    /// <param name="offload">What the device said of it.</param>
    /// <param name="now">The time.</param>
    public DropReason OnPacket(ReadOnlySpan<byte> packet, PacketOffload offload, Instant now)
    {
        DropReason reason = IncomingPacket.Read(packet, out IncomingPacket incoming);
        if (reason == DropReason.None)
        {
            reason = incoming.Protocol switch
            {
                IpProtocol.Tcp => _segments.Process(incoming, offload, now),
                IpProtocol.Icmp when incoming.IsV4 => _icmp.Process(incoming, now),
                IpProtocol.Icmpv6 when !incoming.IsV4 => _icmp.Process(incoming, now),
                _ => DropReason.NotTcp,
            };
        }

        if (reason != DropReason.None)
        {
            Counters.Add(reason);
        }

        return reason;
    }

    /// <summary>What was to happen by <paramref name="now"/> happens; nothing when it is too early.</summary>
    public void OnTimeout(Instant now)
    {
        _registry.TimeWaits.OnTimeout(now);
        while (_registry.Timers.TryPeekDue(now, out HostConnection connection))
        {
            if (connection is { IsHalfOpen: true, Listener.IsClosed: true })
            {
                _registry.Drop(connection);
                continue;
            }

            connection.Core.OnTimeout(now);
            _registry.Touch(connection);
            _registry.Timers.Settle(connection, now);
        }
    }

    /// <summary>Passive open (RFC 9293 §3.10.1).</summary>
    /// <param name="local">An address of this host, or the unspecified one (:: takes both families, 0.0.0.0 IPv4); port 0: one that the host chooses.</param>
    /// <param name="options">How.</param>
    /// <param name="listener">Null when there is an error.</param>
    public HostError TryListen(Endpoint local, ListenOptions options, out HostListener? listener)
    {
        listener = null;
        if (!local.Address.IsUnspecified && !_addresses.Contains(local.Address))
        {
            return HostError.AddressNotAvailable;
        }

        ushort port = local.Port == 0 ? _opens.ChooseListeningPort(local.Address) : local.Port;
        if (port == 0)
        {
            return HostError.AddressNotAvailable;
        }

        var candidate = new HostListener(_registry, _listeners, local with { Port = port }, options, options.Settings ?? Settings.Tcp);
        if (!_listeners.TryAdd(candidate))
        {
            return HostError.AddressInUse;
        }

        listener = candidate;
        return HostError.None;
    }

    /// <summary>Active open (RFC 9293 §3.10.1). How it goes is told by events.</summary>
    public HostError TryConnect(Endpoint remote, in ConnectOptions options, Instant now, out HostConnection? connection)
        => _opens.TryConnect(remote, options, now, out connection);

    /// <summary>The next packet to send, if there is one. Connections take turns.</summary>
    /// <param name="into">With room for the MTU, or 65,535 octets with offloads.</param>
    /// <param name="now">The time.</param>
    /// <param name="length">Octets of the packet.</param>
    /// <param name="offload">What the device is to do.</param>
    public bool TryTakePacket(Span<byte> into, Instant now, out int length, out PacketOffload offload)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(into.Length, Settings.HasOffloads ? ushort.MaxValue : Settings.Mtu);
        offload = default;
        if (_replies.TryTake(into, out length))
        {
            return true;
        }

        while (_registry.Output.First is { } connection)
        {
            if (connection.Core.TryTakeSegment(now, out TcpSegment segment))
            {
                length = Write(into, connection, segment, out offload);
                _registry.Output.Rotate();
                return true;
            }

            _registry.Output.Leave();
            _registry.OnQuiet(connection, now);
        }

        return false;
    }

    /// <summary>One event that happened since.</summary>
    public bool TryTakeEvent(out HostEvent happened)
    {
        if (_registry.Acceptable.TryDequeue(out HostListener? listener))
        {
            listener.IsTold = false;
            happened = new(null, listener, ConnectionEvents.Readable);
            return true;
        }

        while (_registry.Events.First is { } connection)
        {
            if (connection.Core.TryTakeEvent(out ConnectionEvents events))
            {
                happened = new(connection, null, events);
                return true;
            }

            _registry.Events.Leave();
        }

        happened = default;
        return false;
    }

    /// <summary>
    /// When <see cref="OnTimeout"/> is to be called next; <see cref="Instant.Never"/> when there is nothing to wait for. Asked when every
    /// packet was taken: sending is what starts timers.
    /// </summary>
    public Instant NextTimeout
    {
        get
        {
            Instant connections = _registry.Timers.Next, timeWaits = _registry.TimeWaits.NextTimeout;
            return connections < timeWaits ? connections : timeWaits;
        }
    }

    /// <summary>Everything the host holds: <c>foreach (HostEntry entry in host.Walk())</c>.</summary>
    public HostWalk Walk() => new(_registry, _listeners);

    private int Write(Span<byte> into, HostConnection connection, scoped in TcpSegment segment, out PacketOffload offload)
    {
        int segments = segment.SegmentSize == 0 ? 1 : (segment.Payload.Length + segment.SegmentSize - 1) / segment.SegmentSize;
        Counters.Add(TcpCounter.OutSegs, segments);
        Counters.Add(TcpCounter.OutRsts, segment.Has(ControlBits.Rst) ? 1 : 0);
        offload = new(segment.SegmentSize, IsChecksumPartial: Settings.HasOffloads);
        return OutgoingPacket.Write(into, connection.Tuple, segment, connection.Options, connection.Core.OptionOrder, Settings.HasOffloads);
    }
}
