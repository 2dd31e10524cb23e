using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>
/// Counts sockets by up to <see cref="MaxDimensions"/> dimensions at once. No allocation per socket: a socket becomes a key of
/// numbers, and a name becomes a number the first time it is met. The number of groups is bounded; what does not fit is counted
/// in <see cref="Others"/>.
/// </summary>
/// <remarks>A socket that several processes hold counts once, for the holder with the lowest pid (by habit the parent).</remarks>
public sealed class SocketTally
{
    public const int MaxDimensions = 4;
    public const int MaxGroups = 1 << 20;
    private const uint NoName = 0;

    private readonly Dimension[] _dimensions;
    private readonly ISocketContext _context;
    private readonly Dictionary<GroupKey, long> _counts = [];
    private readonly Dictionary<string, uint> _numbers = new(StringComparer.Ordinal);
    private readonly List<string?> _names = [null];

    public SocketTally(IReadOnlyList<Dimension> dimensions, ISocketContext context)
    {
        ArgumentOutOfRangeException.ThrowIfZero(dimensions.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions.Count, MaxDimensions);
        _dimensions = [.. dimensions];
        _context = context;
    }

    public IReadOnlyList<Dimension> By => _dimensions;

    public long Total { get; private set; }

    /// <summary>Sockets of groups that came when <see cref="MaxGroups"/> were there already.</summary>
    public long Others { get; private set; }

    public int GroupCount => _counts.Count;

    public void Add(in SocketEntry entry) => Add(in entry, 1);

    public void Add(in SocketEntry entry, long count)
    {
        Total += count;
        GroupKey key = default;
        for (int i = 0; i < _dimensions.Length; i++)
        {
            key[i] = ValueOf(_dimensions[i], in entry);
        }

        if (_counts.Count < MaxGroups)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _) += count;
        }
        else
        {
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
    }

    /// <summary>The groups, largest first; equal ones in the order of their values.</summary>
    public List<SocketGroup> Groups()
    {
        List<KeyValuePair<GroupKey, long>> counts = [.. _counts];
        counts.Sort(static (left, right) =>
            right.Value != left.Value ? right.Value.CompareTo(left.Value) : left.Key.CompareTo(right.Key));
        var groups = new List<SocketGroup>(counts.Count);
        foreach ((GroupKey key, long count) in counts)
        {
            var values = new GroupValue[_dimensions.Length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = GroupValueOf(_dimensions[i], key[i]);
            }

            groups.Add(new SocketGroup(values, count));
        }

        return groups;
    }

    private KeyPart ValueOf(Dimension dimension, in SocketEntry entry) => dimension switch
    {
        Dimension.State => (byte)entry.State,
        Dimension.Family => (byte)entry.Family,
        Dimension.Process => NumberOf(EldestHolder(in entry)?.Command),
        Dimension.Pid => (uint)(EldestHolder(in entry)?.Pid ?? 0),
        Dimension.Container => NumberOf(_context.ContainerOf(in entry)),
        Dimension.Cgroup => NumberOf(_context.CgroupOf(in entry)),
        Dimension.User => entry.UserId,
        Dimension.LocalAddress => new(entry.Local.Address.High, entry.Local.Address.Low),
        Dimension.LocalPort => entry.Local.Port,
        Dimension.RemoteAddress => new(entry.Remote.Address.High, entry.Remote.Address.Low),
        Dimension.RemotePort => entry.Remote.Port,
        Dimension.NetworkNamespace => entry.Namespace,
        Dimension.Congestion => NumberOf(_context.DetailOf(in entry)?.CongestionControl),
        Dimension.Interface => entry.Interface,
        Dimension.Timer => (byte)entry.Timer,
    };

    private ProcessRef? EldestHolder(in SocketEntry entry)
    {
        ProcessRef? eldest = null;
        foreach (SocketHolder holder in _context.HoldersOf(in entry))
        {
            eldest = eldest is null || holder.Process.Pid < eldest.Pid ? holder.Process : eldest;
        }

        return eldest;
    }

    private KeyPart NumberOf(string? name)
    {
        if (name is null)
        {
            return NoName;
        }

        ref uint number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, name, out bool known);
        if (!known)
        {
            number = (uint)_names.Count;
            _names.Add(name);
        }

        return number;
    }

    /// <summary>Turns the number of a key back into what it stands for; names of users and interfaces are looked up only here.</summary>
    private GroupValue GroupValueOf(Dimension dimension, KeyPart part)
    {
        ulong value = part.Low;
        return dimension switch
        {
            Dimension.State => new(value, null) { State = (TcpState)value },
            Dimension.Family => new(value, value == (byte)IpFamily.V4 ? "ipv4" : "ipv6"),
            Dimension.Process or Dimension.Container or Dimension.Cgroup or Dimension.Congestion => new(value, _names[(int)value]),
            Dimension.User => new(value, _context.UserName((uint)value)),
            Dimension.LocalAddress or Dimension.RemoteAddress => new(value, new HostAddress(part.High, part.Low).ToString()),
            Dimension.NetworkNamespace => new(value, _context.NamespaceNameOf(new SocketEntry
            {
                State = TcpState.Closed,
                Family = IpFamily.V4,
                Local = default,
                Remote = default,
                Namespace = (uint)value,
            })),
            Dimension.Interface => new(value, value == 0 ? null : _context.InterfaceName((uint)value)),
            Dimension.Timer => new(value, TimerNames.Of((SocketTimer)value)),
            Dimension.Pid or Dimension.LocalPort or Dimension.RemotePort => new(value, null),
        };
    }
}
