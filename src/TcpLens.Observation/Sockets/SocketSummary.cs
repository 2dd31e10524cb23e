using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>
/// Adds sockets up for a glance: by state and family, by process, by remote address, by port use, and what nobody accepted.
/// Memory grows with the number of processes and remotes, each bounded, and not with the number of sockets.
/// </summary>
public sealed class SocketSummary(ISocketContext context, EphemeralPorts? ports)
{
    /// <summary>Processes and remotes told apart; those that come later are in no list, but in every sum.</summary>
    public const int NamesMax = 65_536;

    private readonly Dictionary<int, (ProcessRef Process, StateCounts Counts)> _processes = [];
    private readonly Dictionary<HostAddress, StateCounts> _remotes = [];
    private readonly Dictionary<(uint Namespace, ushort Port), int> _unaccepted = [];
    private StateCounts _v4;
    private StateCounts _v6;

    public StateCounts V4 => _v4;

    public StateCounts V6 => _v6;

    /// <summary>Null when the range of local ports is not known.</summary>
    public PortUseTable? Ports { get; } = ports is null ? null : new PortUseTable(ports);

    /// <summary>Handshakes that were finished and that no process has accepted.</summary>
    public long Unaccepted { get; private set; }

    public void Add(in SocketEntry entry)
    {
        (entry.Family == IpFamily.V4 ? ref _v4 : ref _v6).Add(entry.State);
        Ports?.Add(in entry);
        if (entry.IsUnaccepted)
        {
            Unaccepted++;
            CollectionsMarshal.GetValueRefOrAddDefault(_unaccepted, (entry.Namespace, entry.Local.Port), out _)++;
        }

        if (context.HoldersOf(in entry) is [var holder, ..] && (_processes.Count < NamesMax || _processes.ContainsKey(holder.Process.Pid)))
        {
            ref (ProcessRef Process, StateCounts Counts) process = ref CollectionsMarshal.GetValueRefOrAddDefault(_processes, holder.Process.Pid, out _);
            process.Process = holder.Process;
            process.Counts.Add(entry.State);
        }

        if (!entry.Remote.Address.IsUnspecified && (_remotes.Count < NamesMax || _remotes.ContainsKey(entry.Remote.Address)))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_remotes, entry.Remote.Address, out _).Add(entry.State);
        }
    }

    /// <summary>Connections that wait in the accept queue of a listener; by its port, as several listeners can share one.</summary>
    public int UnacceptedAt(in SocketEntry listener) => _unaccepted.GetValueOrDefault((listener.Namespace, listener.Local.Port));

    /// <summary>The processes that hold the most sockets, the largest first.</summary>
    public IReadOnlyList<NamedCount> Processes(int count)
    {
        List<NamedCount> all = [];
        foreach ((ProcessRef process, StateCounts counts) in _processes.Values)
        {
            all.Add(new NamedCount($"{process.Command}/{process.Pid}", counts) { Pid = process.Pid });
        }

        return Largest(all, count);
    }

    /// <summary>The remote addresses with the most sockets, the largest first.</summary>
    public IReadOnlyList<NamedCount> Remotes(int count)
    {
        List<NamedCount> all = [];
        foreach ((HostAddress address, StateCounts counts) in _remotes)
        {
            all.Add(new NamedCount(address.ToString(), counts));
        }

        return Largest(all, count);
    }

    private static List<NamedCount> Largest(List<NamedCount> all, int count)
    {
        all.Sort(static (left, right) => right.Total != left.Total ? right.Total.CompareTo(left.Total) : string.CompareOrdinal(left.Name, right.Name));
        return all.Count <= count ? all : all.GetRange(0, count);
    }
}
