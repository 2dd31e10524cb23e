using System.Diagnostics.CodeAnalysis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// This machine's sockets, now: walks over one namespace or several, and everything else that can be known about a socket, looked
/// up when it is first asked for. Not thread-safe.
/// </summary>
public sealed class LiveMachine : ISocketContext, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<uint, SockDiagSocket> _netlinks = [];
    private readonly Dictionary<ulong, (string? Path, string? Container)> _cgroups = [];
    private readonly List<string> _sources = [];
    private readonly bool _mayUseBpf;
    private CgroupNames? _cgroupNames;
    private bool _cgroupNamesOpened;
    private ContainerNames? _containerNames;
    private UserNames? _userNames;
    private InterfaceNames? _interfaceNames;
    private SocketWalk? _walk;
    private OwnerIndex? _owners;
    private bool _isIteratorStuck;
    private int _hungHelpers;

    /// <param name="places">The namespaces to look at, at least one.</param>
    /// <param name="mayUseBpf">False to take the ways that need no BPF.</param>
    public LiveMachine(IReadOnlyList<NetworkNamespace> places, bool mayUseBpf = true)
    {
        ArgumentOutOfRangeException.ThrowIfZero(places.Count);
        Places = places;
        _mayUseBpf = mayUseBpf;
    }

    public IReadOnlyList<NetworkNamespace> Places { get; }

    /// <summary>From this many sockets on, a BPF iterator is cheaper than a dump for what grouping needs (docs/performance.md).</summary>
    internal long ManySockets { get; init; } = 150_000;

    /// <summary>Which ways were taken to come by the answer, in words, in the order they were taken.</summary>
    public IReadOnlyList<string> Sources => _sources;

    /// <summary>Namespaces that vanished or could not be entered, and sockets whose lock a sleeping task holds.</summary>
    public List<BlindSpot> BlindSpots { get; } = [];

    /// <summary>Who held connections when they were last seen held; null when nothing is remembered.</summary>
    public OwnerMemory? Memory { get; set; }

    /// <summary>When connections were first seen; null when nothing is remembered.</summary>
    public FirstSeen? FirstSeen { get; set; }

    /// <summary>Processes whose descriptors could not be read, after owners were looked for.</summary>
    public int UnreadableProcesses => _owners?.UnreadableProcesses ?? 0;

    /// <summary>A machine seen from the namespace of the calling thread, without looking for any other.</summary>
    public static LiveMachine Own(bool mayUseBpf = true)
    {
        uint own = NamespaceFinder.OwnNamespace();
        return new LiveMachine([new NetworkNamespace(own) { IsOwn = true }], mayUseBpf);
    }

    /// <summary>Walks the sockets of every place, one after the other.</summary>
    public SocketWalk Walk(SocketQuery query) => Walk(query, tellsLittle: false);

    /// <summary>
    /// Walks for grouping: where states, endpoints and users are enough, BPF tells them for less. Where that gets stuck, because a
    /// task sleeps with a socket's lock, everything is walked again by a dump, which takes no lock.
    /// </summary>
    /// <param name="query">Which sockets.</param>
    /// <param name="tellsLittle">True when states, endpoints and users are enough.</param>
    /// <param name="tally">Reads the walk to its end. It may be called twice, and must start from nothing each time.</param>
    public void WalkForGroups(SocketQuery query, bool tellsLittle, Action<SocketWalk> tally)
    {
        try
        {
            using SocketWalk walk = Walk(query, tellsLittle && !_isIteratorStuck);
            tally(walk);
        }
        catch (SystemCallException stuck) when (stuck.IsTimeout && !_isIteratorStuck)
        {
            _isIteratorStuck = true;   // Each walk that hangs leaves a helper behind, until the lock is given back.
            Note("BPF given up: " + stuck.Message);
            using SocketWalk walk = Walk(query, tellsLittle: false);
            tally(walk);
        }
    }

    /// <summary>Sockets of all places by state, without walking them all where the kernel keeps the sums.</summary>
    public StateCounts CountStates(bool walk)
    {
        StateCounts sum = default;
        foreach (NetworkNamespace place in Places)
        {
            if (Visit(place, () => new StateCounter(NetlinkOf(place), ReadSocketStat).Count(walk), out StateCount count))
            {
                sum += count.Counts;
                Note(count.Source);
            }
        }

        return sum;
    }

    /// <summary>Looks for the holders of these sockets, or of all; <see cref="HoldersOf"/> answers from then on.</summary>
    public void FindOwners(ReadOnlySpan<uint> inodes)
    {
        _owners = NewFinder().Find(inodes, Places.Count == 1 ? Places[0].Inode : 0);
        Note("owners: " + _owners.Source);
    }

    /// <inheritdoc cref="FindOwners"/>
    public void FindAllOwners()
    {
        _owners = NewFinder().FindAll(Places.Count == 1 ? Places[0].Inode : 0);
        Note("owners: " + _owners.Source);
    }

    /// <summary>Looks for the holders of all sockets of the first place, and for sockets that ended and are still held.</summary>
    internal ClosedSockets FindOwnersAndClosed()
    {
        if (NewFinder().TryFindWithStates(Places[0].Inode, out ClosedSockets ended) is { } told)
        {
            _owners = told;
            Note("owners, and sockets that ended: " + told.Source);
            return ended;
        }

        FindAllOwners();
        Note("sockets that ended: descriptors of TCP sockets that no table has");
        return Unlisted(_owners!);
    }

    /// <summary>Runs work in a namespace: on this thread when it is there already.</summary>
    public static T In<T>(NetworkNamespace place, Func<T> work) => place.IsOwn ? work() : NamespaceScope.Run(place, work);

    public SocketDetail? DetailOf(in SocketEntry entry) => _walk?.Detail;

    public ReadOnlySpan<SocketHolder> HoldersOf(in SocketEntry entry)
    {
        ReadOnlySpan<SocketHolder> holders = entry.Inode == 0 || _owners is null ? [] : _owners.HoldersOf(entry.Inode);
        if (Memory is null)
        {
            return holders;
        }

        if (holders.IsEmpty)
        {
            return Memory.Recall(entry.Cookie);
        }

        Memory.Remember(entry.Cookie, holders);
        return holders;
    }

    public string? CgroupOf(in SocketEntry entry) => CgroupAt(in entry).Path;

    public string? ContainerOf(in SocketEntry entry) => CgroupAt(in entry).Container;

    /// <summary>Name of the container a process is in; null when it is in none or its cgroup is unknown.</summary>
    public string? ContainerOf(ProcessRef process) => Named(process.Cgroup).Container;

    public string? NamespaceName(uint inode)
    {
        for (int i = 0; i < Places.Count; i++)   // Asked for every row: a foreach over an interface allocates.
        {
            if (Places[i].Inode == inode)
            {
                return Places[i].DisplayName;
            }
        }

        return null;
    }

    public string? UserName(uint userId) => (_userNames ??= new UserNames()).NameOf(userId);

    public string? InterfaceName(uint index) => (_interfaceNames ??= In(Places[0], InterfaceNames.Read)).NameOf(index);

    public TimeSpan? AgeOf(in SocketEntry entry) => FirstSeen?.AgeOf(entry.Cookie);

    public void Dispose()
    {
        foreach (SockDiagSocket netlink in _netlinks.Values)
        {
            netlink.Dispose();
        }

        _netlinks.Clear();
        _cgroupNames?.Dispose();
    }

    /// <summary>The cheapest walk over one place that answers the query; the filter is the caller's business.</summary>
    internal SocketWalk WalkPlace(NetworkNamespace place, SocketQuery query, bool tellsLittle)
    {
        if (tellsLittle && TryBpf(place, query) is { } iterator)
        {
            Note("BPF iterator tcp, for what grouping needs");
            return iterator;
        }

        SockDiagSocket netlink = NetlinkOf(place);
        if (query.Transport == Transport.Mptcp)
        {
            // What an MPTCP socket tells under that name is another structure, and takes locks too: it is not asked for.
            query = query with { Details = query.Details & ~SocketDetails.Info };
        }

        if (query.Details.HasFlag(SocketDetails.Info) && _hungHelpers >= InfoWalk.LockedMax)
        {
            // Asked again and again, over sockets that stay locked, helpers would pile up.
            query = query with { Details = query.Details & ~SocketDetails.Info };
            Note($"no tcp_info any more: {_hungHelpers} helpers hang already");
        }

        if (query.Details.HasFlag(SocketDetails.Info))
        {
            Note("sock_diag dump with tcp_info, by a helper process with a deadline");
            return new InfoWalk(place, netlink, query);
        }

        Note($"sock_diag dump{(query.Bytecode.IsEmpty ? "" : ", filtered by the kernel")}{(query.States == StateSet.All ? "" : $", {query.States.Count} of 11 states")}");
        return new DiagWalk(netlink, query);
    }

    /// <summary>Does something in a place. One that has vanished since it was found is a blind spot, unless it is the only one.</summary>
    /// <returns>False when it has vanished, or may not be entered.</returns>
    internal bool Visit<T>(NetworkNamespace place, Func<T> work, [MaybeNullWhen(false)] out T result)
    {
        try
        {
            result = In(place, work);
            return true;
        }
        catch (SystemCallException failure) when (Places.Count > 1)
        {
            BlindSpots.Add(new BlindSpot($"namespace {place.DisplayName}", failure.Message));
            result = default;
            return false;
        }
    }

    internal void Finished(SocketWalk walk)
    {
        if (walk is DiagWalk { WasInterrupted: true })
        {
            BlindSpots.Add(new BlindSpot("some sockets", "the table changed while it was read (NLM_F_DUMP_INTR)", "ask again"));
        }

        _hungHelpers += (walk as InfoWalk)?.HungHelpers ?? 0;
        foreach (SocketEntry locked in (walk as InfoWalk)?.Locked ?? [])
        {
            BlindSpots.Add(new BlindSpot($"tcp_info of {locked.Local} to {locked.Remote} (inode {locked.Inode})", "a task sleeps with the socket's lock"));
        }
    }

    private TcpIterator? TryBpf(NetworkNamespace place, SocketQuery query)
    {
        if (!_mayUseBpf || query is not { Transport: Transport.Tcp, Details: SocketDetails.None, IncludeBound: false, Bytecode.IsEmpty: true })
        {
            return null;
        }

        return In(place, () =>
        {
            SocketStat? stat = ReadSocketStat();
            return stat is { } sockets && sockets.InUse + sockets.InUseV6 + sockets.TimeWait >= ManySockets
                ? TcpIterator.TryOpen(query.States, withInodes: false, Patience, out _)
                : null;
        });
    }

    private PlacesWalk Walk(SocketQuery query, bool tellsLittle)
    {
        var walk = new PlacesWalk(this, query, tellsLittle);
        _walk = walk;
        return walk;
    }

    /// <summary>
    /// TCP sockets that a process of the place holds and that are in no table. The tables are read after the descriptors, and each
    /// descriptor is looked at once more then: what was closed meanwhile is not there any more, and what is new was not there yet.
    /// </summary>
    private ClosedSockets Unlisted(OwnerIndex owners)
    {
        HashSet<uint> listed = [];
        using (SocketWalk walk = Walk(new SocketQuery { IncludeBound = true }))
        {
            while (walk.Read(out SocketEntry entry))
            {
                listed.Add(entry.Inode);
            }
        }

        ProcFs proc = new();
        ClosedSockets ended = new();
        Dictionary<int, bool> isNear = [];
        foreach ((uint inode, int pid, int descriptor) in owners.All())
        {
            if (!isNear.TryGetValue(pid, out bool near))
            {
                isNear.Add(pid, near = proc.NamespaceOf(pid) == Places[0].Inode);
            }

            if (near && !listed.Contains(inode) && proc.IsTcpSocket(pid, descriptor, inode))
            {
                ended.Add(pid, inode);
            }
        }

        return ended;
    }

    private OwnerFinder NewFinder() => new(new ProcFs(), _mayUseBpf);

    private SockDiagSocket NetlinkOf(NetworkNamespace place)
    {
        if (!_netlinks.TryGetValue(place.Inode, out SockDiagSocket? netlink))
        {
            netlink = In(place, () => SockDiagSocket.Open(place.Inode));
            _netlinks.Add(place.Inode, netlink);
        }

        return netlink;
    }

    /// <summary>The sums of the calling thread's namespace; null when /proc does not tell them.</summary>
    public static SocketStat? ReadSocketStat()
    {
        try
        {
            return new SocketStatReader().Read();
        }
        catch (SystemCallException)
        {
            return null;   // No /proc, or a stranger's: then every socket is walked.
        }
    }

    private (string? Path, string? Container) CgroupAt(in SocketEntry entry)
    {
        (string? Path, string? Container) own = CgroupOfSocket(entry.CgroupId);

        // Where processes are placed by cgroup v1, every socket is in the root of v2; then its holder knows better.
        return own.Path is null or "/" && HoldersOf(in entry) is [var holder, ..] ? Named(holder.Process.Cgroup) : own;
    }

    private (string? Path, string? Container) CgroupOfSocket(ulong id)
    {
        if (id == 0)
        {
            return default;
        }

        if (!_cgroups.TryGetValue(id, out (string?, string?) known))
        {
            _cgroupNames ??= _cgroupNamesOpened ? null : CgroupNames.Open();
            _cgroupNamesOpened = true;
            known = Named(_cgroupNames?.PathOf(id));
            _cgroups.Add(id, known);
        }

        return known;
    }

    private (string? Path, string? Container) Named(string? path)
        => (path, ContainerName.FromCgroupPath(path) is { } container ? (_containerNames ??= new ContainerNames()).NameOf(container) : null);

    private void Note(string source)
    {
        if (!_sources.Contains(source))
        {
            _sources.Add(source);
        }
    }
}
