using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Explains EADDRINUSE: everything that can be in the way of bind() and listen() to a port, by the rules of
/// net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict.
/// </summary>
public sealed class PortInquiry
{
    private readonly ushort _port;
    private readonly SocketTable _sockets;
    private readonly HostSettings _settings;
    private readonly EphemeralPorts? _clientPorts;
    private readonly List<SocketRecord> _listeners = [];
    private readonly List<SocketRecord> _bound = [];
    private readonly List<SocketRecord> _outgoing = [];
    private readonly List<SocketRecord> _accepted = [];

    private PortInquiry(ushort port, SocketTable sockets, HostSettings settings)
    {
        _port = port;
        _sockets = sockets;
        _settings = settings;
        _clientPorts = settings.EphemeralPorts();
        Sort();
    }

    /// <param name="port">The port that somebody wants.</param>
    /// <param name="sockets">Sockets of one namespace with this local port at least, bound ones too, with their holders.</param>
    /// <param name="settings">Settings of the namespace.</param>
    public static PortAnswer Ask(ushort port, SocketTable sockets, HostSettings settings)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        ArgumentNullException.ThrowIfNull(settings);
        return new PortInquiry(port, sockets, settings).Answer();
    }

    private PortAnswer Answer()
    {
        List<PortObstacle> obstacles =
        [
            .. _listeners.GroupBy(static socket => socket.Entry.Local).Select(static group => group.First()).Select(Listener),
            .. Grouped(_outgoing).Select(Outgoing),
            .. Grouped(_accepted).Select(Accepted),
            .. _bound.Select(Bound),
            .. Privileged(),
            .. _bound.Where(bound => _listeners.Exists(listener => Overlap(bound.Entry, listener.Entry))).Select(SecondListen),
            .. _listeners.GroupBy(static socket => socket.Entry.Local).Where(static group => group.Count() > 1).Select(static group => Group([.. group])),
        ];
        PortVerdict verdict = obstacles.Count == 0 ? PortVerdict.Free
            : obstacles.Exists(static obstacle => obstacle.ReuseAddress == ReuseAddressHelps.Never) ? PortVerdict.Taken
            : PortVerdict.Conditional;
        string summary = verdict switch
        {
            PortVerdict.Free => $"port {_port} is free: nothing seen here is in the way of bind()",
            PortVerdict.Taken => $"port {_port} is taken: {obstacles.First(static obstacle => obstacle.ReuseAddress == ReuseAddressHelps.Never).Text}",
            PortVerdict.Conditional => $"port {_port} can be had on a condition: {obstacles[0].Text}",
        };
        return new PortAnswer(_port, verdict, summary, obstacles, Notes(obstacles));
    }

    private void Sort()
    {
        foreach (ref readonly SocketRecord socket in _sockets.All)
        {
            if (socket.Entry.Local.Port == _port && socket.Entry.State == TcpState.Listen)
            {
                _listeners.Add(socket);
            }
        }

        foreach (ref readonly SocketRecord socket in _sockets.All)
        {
            if (socket.Entry.Local.Port != _port || socket.Entry.State == TcpState.Listen || socket.Entry.Kind == SocketKind.Request)
            {
                continue;
            }

            SocketEntry entry = socket.Entry;
            List<SocketRecord> place = entry.State == TcpState.Closed ? _bound : IsAccepted(in entry) ? _accepted : _outgoing;
            place.Add(socket);
        }
    }

    /// <summary>
    /// Nothing tells who began a connection. One of a listener that is there was accepted; else the end with a port that clients get
    /// is taken for the client, and a port that both could have got for our own.
    /// </summary>
    private bool IsAccepted(in SocketEntry entry)
    {
        foreach (SocketRecord listener in _listeners)
        {
            if (Covers(listener.Entry, entry.Local.Address))
            {
                return true;
            }
        }

        bool couldBeOurs = _clientPorts?.Range.Contains(_port) ?? false;
        bool couldBeTheirs = _clientPorts?.Range.Contains(entry.Remote.Port) ?? true;
        return couldBeTheirs && !couldBeOurs;
    }

    private PortObstacle Listener(SocketRecord socket) => new(PortObstacleKind.Listener, "bind", "EADDRINUSE", $"{HolderOf(socket)} listens on {Name(socket.Entry)}")
    {
        Blocks = Blocks(socket.Entry),
        ReuseAddress = ReuseAddressHelps.Never,
        Remedy = $"stop {HolderOf(socket)}, or listen on another address or port",
        Sockets = _listeners.Count(other => other.Entry.Local == socket.Entry.Local),
        Example = socket.Entry,
        Holder = socket.Process,
    };

    private PortObstacle Outgoing(SocketRecord[] sockets)
    {
        SocketEntry entry = sockets[0].Entry;
        bool isWaiting = entry.State == TcpState.TimeWait;
        string what = entry.Local == entry.Remote ? "a connection to itself" : $"an outgoing connection to {entry.Remote}";
        return new(PortObstacleKind.Outgoing, "bind", "EADDRINUSE", $"{(isWaiting ? "nobody any more, but" : HolderOf(sockets[0]) + " has")} {what} {(isWaiting ? "has" : "with")} the port as its local port ({State(sockets)})")
        {
            Blocks = $"{entry.Local.Address}, and all addresses at once",
            ReuseAddress = ReuseAddressHelps.Never,
            Remedy = isWaiting
                ? $"wait at most {Words.Age(TimeSpan.FromMilliseconds(entry.TimerMilliseconds))}; then put the port into net.ipv4.ip_local_reserved_ports"
                : $"end the connection (tcplens kill sport = :{_port}); then put the port into net.ipv4.ip_local_reserved_ports",
            Sockets = sockets.Length,
            Example = entry,
            Holder = sockets[0].Process,
        };
    }

    private PortObstacle Accepted(SocketRecord[] sockets)
    {
        SocketEntry entry = sockets[0].Entry;
        string instance = _listeners.Count > 0 ? "the listener of now" : "an earlier instance";
        return new(PortObstacleKind.Accepted, "bind", "EADDRINUSE", $"{Words.Of(sockets.Length, "connection")} that {instance} accepted on {entry.Local.Address} ({State(sockets)})")
        {
            Blocks = $"{entry.Local.Address}, and all addresses at once",
            ReuseAddress = ReuseAddressHelps.IfBothHaveIt,
            Remedy = "set SO_REUSEADDR before bind(), always: connections keep what their listener had, so both instances need it",
            Sockets = sockets.Length,
            Example = entry,
            Holder = sockets[0].Process,
        };
    }

    private static PortObstacle Bound(SocketRecord socket) => new(PortObstacleKind.Bound, "bind", "EADDRINUSE", $"{HolderOf(socket)} has bound a socket to {Name(socket.Entry)} and neither listens nor connects")
    {
        Blocks = Blocks(socket.Entry),
        ReuseAddress = ReuseAddressHelps.IfBothHaveIt,
        Remedy = $"let {HolderOf(socket)} close it; ss and netstat do not show it",
        Sockets = 1,
        Example = socket.Entry,
        Holder = socket.Process,
    };

    private IEnumerable<PortObstacle> Privileged()
    {
        if (_settings.Number("net.ipv4.ip_unprivileged_port_start") is { } first && _port < first)
        {
            yield return new PortObstacle(PortObstacleKind.Privileged, "bind", "EACCES", $"ports below {first} need a privilege")
            {
                Blocks = "every address, for programs without CAP_NET_BIND_SERVICE",
                ReuseAddress = ReuseAddressHelps.NotAsked,
                Remedy = "give the program CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities=), or let systemd listen for it",
            };
        }
    }

    private PortObstacle SecondListen(SocketRecord bound) => new(PortObstacleKind.SecondListen, "listen", "EADDRINUSE", $"{HolderOf(bound)} bound {Name(bound.Entry)} beside a listener, with SO_REUSEADDR on both: bind() works, listen() does not")
    {
        Blocks = Blocks(bound.Entry),
        ReuseAddress = ReuseAddressHelps.Never,
        Remedy = $"only one of them can listen: stop {HolderOf(_listeners[0])}, or use SO_REUSEPORT in both",
        Sockets = 1,
        Example = bound.Entry,
        Holder = bound.Process,
    };

    private static PortObstacle Group(SocketRecord[] members) => new(PortObstacleKind.Group, "bind", "EADDRINUSE", $"{members.Length} sockets share {Name(members[0].Entry)} by SO_REUSEPORT")
    {
        Blocks = $"sockets without SO_REUSEPORT, and those of users other than id {members[0].Entry.UserId}",
        ReuseAddress = ReuseAddressHelps.Never,
        Remedy = $"set SO_REUSEPORT before bind() and run as the user with id {members[0].Entry.UserId}, if the new socket shall share the connections",
        Sockets = members.Length,
        Example = members[0].Entry,
        Holder = members[0].Process,
    };

    private List<string> Notes(List<PortObstacle> obstacles)
    {
        List<string> notes = [];
        if (_clientPorts?.Range.Contains(_port) == true)
        {
            notes.Add(_clientPorts.CanChoose(_port)
                ? $"connect() may choose it ({_clientPorts.Range}): reserve it in net.ipv4.ip_local_reserved_ports for a service"
                : "it is in net.ipv4.ip_local_reserved_ports: connect() never chooses it, and bind() may name it");
        }

        if (obstacles.Count == 0)
        {
            notes.Add("if bind() fails all the same: before Linux 6.8 a socket that is only bound is not to be seen, and other namespaces have ports of their own (--netns)");
        }

        return notes;
    }

    /// <summary>Of one kind, address and remote there may be thousands: each local address is one obstacle, the longest-lived state first.</summary>
    private static IEnumerable<SocketRecord[]> Grouped(List<SocketRecord> sockets)
        => sockets.GroupBy(static socket => socket.Entry.Local.Address)
            .Select(static group => group.OrderBy(static socket => socket.Entry.State == TcpState.TimeWait).ThenByDescending(static socket => socket.Entry.TimerMilliseconds).ToArray());

    /// <summary>"3 ESTABLISHED, 12 TIME_WAIT"</summary>
    private static string State(SocketRecord[] sockets)
        => string.Join(", ", sockets.GroupBy(static socket => socket.Entry.State).Select(static group => $"{group.Count():N0} {group.Key.Name(StateSpelling.Netstat)}"));

    private static string HolderOf(SocketRecord socket) => socket.Process is null ? "somebody who may not be seen" : CaseFile.NameOf(socket.Process);

    private static string Name(SocketEntry entry) => TakesBothFamilies(entry) ? $"every address of both families, port {entry.Local.Port}" : entry.Local.ToString();

    private static string Blocks(SocketEntry entry) => entry.Local.Address switch
    {
        _ when TakesBothFamilies(entry) => "every address, of IPv4 too",
        { IsUnspecified: true } => entry.Family == IpFamily.V4 ? "every IPv4 address, and [::] unless it is IPv6-only" : "every IPv6 address",
        var address => $"{address}, and all addresses at once",
    };

    private static bool Overlap(SocketEntry one, SocketEntry other) => Covers(one, other.Local.Address) || Covers(other, one.Local.Address);

    /// <summary>True when a socket bound like that takes what is sent to the address.</summary>
    private static bool Covers(SocketEntry bound, HostAddress address)
        => bound.Local.Address == address || TakesBothFamilies(bound)
            || (bound.Local.Address.IsUnspecified && address.IsV4Mapped == (bound.Family == IpFamily.V4));

    private static bool TakesBothFamilies(SocketEntry entry) => entry.Family == IpFamily.V6 && !entry.IsV6Only && entry.Local.Address == HostAddress.AnyV6;
}
