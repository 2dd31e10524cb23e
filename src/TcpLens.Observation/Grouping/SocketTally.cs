using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>
/// Counts sockets by up to <see cref="MaxDimensions"/> dimensions at once. No allocation per socket: a socket becomes a key of
/// numbers, and a name or an address becomes a number the first time it is met. The number of groups is bounded; what does not fit
/// is counted in <see cref="Others"/>. A tally can count again and again: <see cref="StartRound"/>.
/// </summary>
/// <remarks>A socket that several processes hold counts once, for the holder with the lowest pid (by habit the parent).</remarks>
public sealed class SocketTally
{
    public const int MaxDimensions = 4;
    public const int MaxGroups = 1 << 20;

    private readonly Dimension[] _dimensions;
    private readonly ISocketContext _context;
    private readonly Numbering<string> _names = new();
    private readonly Numbering<HostAddress> _addresses = new();
    private Dictionary<GroupKey, long> _counts = [];
    private Dictionary<GroupKey, long>? _before;

    public SocketTally(IReadOnlyList<Dimension> dimensions, ISocketContext context)
    {
        ArgumentOutOfRangeException.ThrowIfZero(dimensions.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions.Count, MaxDimensions);
        _dimensions = [.. dimensions];
        _context = context;
    }

    public long Total { get; private set; }

    /// <summary>Sockets of groups that came when <see cref="MaxGroups"/> were there already.</summary>
    public long Others { get; private set; }

    /// <summary>True from the second round on: then <see cref="ChangeOf"/> has something to compare with.</summary>
    public bool HasBefore => _before is not null;

    /// <summary>Counts from zero again, and remembers the counts so far as those of the round before.</summary>
    public void StartRound()
    {
        if (Total > 0 || _before is not null)
        {
            _before = _counts;
            _counts = [];
        }

        (Total, Others) = (0, 0);
    }

    /// <summary>Forgets what was counted in this round, when its source turned out to be unable to finish.</summary>
    public void Restart()
    {
        _counts.Clear();
        (Total, Others) = (0, 0);
    }

    public void Add(in SocketEntry entry, long count = 1)
    {
        Total += count;
        GroupKey key = default;
        for (int i = 0; i < _dimensions.Length; i++)
        {
            key = key.With(i, NumberOf(_dimensions[i], in entry));
        }

        if (_counts.Count < MaxGroups)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _) += count;
            return;
        }

        ref long known = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, key);
        if (Unsafe.IsNullRef(ref known))
        {
            Others += count;
        }
        else
        {
            known += count;
        }
    }

    /// <summary>The groups, largest first; equal ones in the order in which they were met.</summary>
    public List<SocketGroup> Groups()
    {
        var groups = new List<SocketGroup>(_counts.Count);
        foreach ((GroupKey key, long count) in _counts)
        {
            groups.Add(new SocketGroup(key, count));
        }

        groups.Sort(static (left, right) =>
            right.Count != left.Count ? right.Count.CompareTo(left.Count)
            : left.Key.First != right.Key.First ? left.Key.First.CompareTo(right.Key.First)
            : left.Key.Second.CompareTo(right.Key.Second));
        return groups;
    }

    /// <summary>The only group of a state, where states are all that is counted by; empty when there is none.</summary>
    public SocketGroup GroupOf(TcpState state)
    {
        GroupKey key = default(GroupKey).With(0, (byte)state);
        return new SocketGroup(key, _counts.GetValueOrDefault(key));
    }

    /// <summary>How much more there is of a group than in the round before.</summary>
    public long ChangeOf(SocketGroup group) => group.Count - (_before?.GetValueOrDefault(group.Key) ?? 0);

    /// <summary>What a group has in the dimension at this place; names of users and interfaces are looked up only now.</summary>
    public GroupValue ValueOf(SocketGroup group, int place)
    {
        uint number = group.Key[place];
        return _dimensions[place] switch
        {
            Dimension.State => new(number, null) { State = (TcpState)number },
            Dimension.Family => new(number, number == (byte)IpFamily.V4 ? "ipv4" : "ipv6"),
            Dimension.Process or Dimension.Container or Dimension.Cgroup or Dimension.Congestion => new(number, number == 0 ? null : _names[number]),
            Dimension.User => new(number, _context.UserName(number)),
            Dimension.LocalAddress or Dimension.RemoteAddress => new(number, _addresses[number].ToString()),
            Dimension.NetworkNamespace => new(number, _context.NamespaceName(number)),
            Dimension.Interface => new(number, number == 0 ? null : _context.InterfaceName(number)),
            Dimension.Timer => new(number, TimerNames.Of((SocketTimer)number)),
            Dimension.Pid or Dimension.LocalPort or Dimension.RemotePort => new(number, null),
        };
    }

    private uint NumberOf(Dimension dimension, in SocketEntry entry) => dimension switch
    {
        Dimension.State => (byte)entry.State,
        Dimension.Family => (byte)entry.Family,
        Dimension.Process => NumberOf(EldestHolder(in entry)?.Command),
        Dimension.Pid => (uint)(EldestHolder(in entry)?.Pid ?? 0),
        Dimension.Container => NumberOf(_context.ContainerOf(in entry)),
        Dimension.Cgroup => NumberOf(_context.CgroupOf(in entry)),
        Dimension.User => entry.UserId,
        Dimension.LocalAddress => _addresses.Of(entry.Local.Address),
        Dimension.LocalPort => entry.Local.Port,
        Dimension.RemoteAddress => _addresses.Of(entry.Remote.Address),
        Dimension.RemotePort => entry.Remote.Port,
        Dimension.NetworkNamespace => entry.Namespace,
        Dimension.Congestion => NumberOf(_context.DetailOf(in entry)?.CongestionControl),
        Dimension.Interface => entry.Interface,
        Dimension.Timer => (byte)entry.Timer,
    };

    private uint NumberOf(string? name) => name is null ? 0 : _names.Of(name);

    private ProcessRef? EldestHolder(in SocketEntry entry)
    {
        ProcessRef? eldest = null;
        foreach (SocketHolder holder in _context.HoldersOf(in entry))
        {
            eldest = eldest is null || holder.Process.Pid < eldest.Pid ? holder.Process : eldest;
        }

        return eldest;
    }
}
