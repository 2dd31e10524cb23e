using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// What an examination knows beyond the two samples: owners and their processes, sockets that ended and are still held, settings,
/// interfaces, cgroups. It is looked at twice while the examiner waits, so that it costs nobody time.
/// </summary>
internal sealed class Surroundings(LiveMachine machine, TimeProvider clock)
{
    /// <summary>Processes looked at; a machine with more has its story told by the first of them.</summary>
    public const int ProcessesMax = 4096;

    private readonly NetworkNamespace _place = machine.Places[0];
    private readonly ProcFs _proc = new();
    private readonly ContainerNames _containers = new();
    private readonly Dictionary<int, long> _descriptorsBefore = [];
    private readonly Dictionary<int, ProcessFacts> _processes = [];
    private ClosedSockets _closedBefore = new();
    private ClosedSockets _closed = new();

    public HostSettings Settings { get; private set; } = new([]);

    /// <summary>Lines of sysctl.d, where this is the namespace that the machine booted with.</summary>
    public IReadOnlyList<SettingSource> SettingSources { get; private set; } = [];

    public IReadOnlyList<InterfaceFacts> Interfaces { get; private set; } = [];

    public IReadOnlyList<CgroupMemory> Cgroups { get; private set; } = [];

    /// <summary>Right after the first sample: its owners, and how many descriptors they have; and what does not move.</summary>
    public void LookFirst(SocketTable before)
    {
        _closedBefore = machine.FindOwnersAndClosed();
        before.AssignHolders(machine);
        foreach (ProcessRef process in HoldersOf(before, _closedBefore))
        {
            if (_proc.CountDescriptors(process.Pid) is { } count)
            {
                _descriptorsBefore[process.Pid] = count;
            }
        }

        Settings = ReadSettings();
        SettingSources = ReadSources();
        Interfaces = ReadInterfaces();
    }

    /// <summary>Shortly before the second sample: owners again, how their processes are, and what their cgroups take.</summary>
    /// <returns>The table for the second sample, with the sockets in it that are bound and nothing more.</returns>
    public SocketTable LookAgain(SocketTable before)
    {
        _closed = machine.FindOwnersAndClosed();
        List<ProcessRef> holders = HoldersOf(before, _closed);
        ProcessFactsReader reader = new(_proc, _containers);
        foreach (ProcessRef process in holders)
        {
            _processes[process.Pid] = reader.Read(process);
        }

        Cgroups = new CgroupMemoryReader(_proc.Root, _containers).Read(holders.Select(static process => process.Pid));
        SocketTable sockets = new(before.Count + (before.Count / 8));
        AddBound(sockets);
        sockets.Warm();
        return sockets;
    }

    /// <summary>
    /// The processes that hold sockets of the second sample, or sockets that ended. Most were looked at already; sockets and processes
    /// that came at the last moment are looked for now.
    /// </summary>
    public IReadOnlyList<ProcessFacts> ProcessesOf(SocketTable before, SocketTable now)
    {
        now.AssignHolders(machine);
        if (Unheld(before, now) is { Count: > 0 } newcomers)
        {
            machine.FindOwners([.. newcomers]);
            now.AssignHolders(machine);
        }

        ProcessFactsReader reader = new(_proc, _containers);
        List<ProcessFacts> facts = [];
        foreach (ProcessRef process in HoldersOf(now, _closed))
        {
            ProcessFacts known = _processes.TryGetValue(process.Pid, out ProcessFacts? already) ? already : reader.Read(process);
            facts.Add(known with
            {
                DescriptorsBefore = _descriptorsBefore.TryGetValue(process.Pid, out long count) ? count : null,
                ClosedSockets = _closed.CountOf(process.Pid),
                ClosedSocketsBefore = _closedBefore.CountOf(process.Pid),
                ClosedSocketsAreAtMost = !_closed.IsExact,
            });
        }

        return facts;
    }

    private List<ProcessRef> HoldersOf(SocketTable sockets, ClosedSockets closed)
    {
        Dictionary<int, ProcessRef> holders = [];
        foreach (ref readonly SocketRecord socket in sockets.All)
        {
            if (socket.Process is { } first && holders.Count < ProcessesMax)
            {
                holders.TryAdd(first.Pid, first);
                foreach (ProcessRef other in sockets.IsShared(in socket) ? sockets.HoldersOf(in socket) : [])
                {
                    holders.TryAdd(other.Pid, other);
                }
            }
        }

        foreach (int pid in closed.Processes)
        {
            if (holders.Count < ProcessesMax && !holders.ContainsKey(pid))
            {
                holders.Add(pid, _proc.Describe(pid));
            }
        }

        return [.. holders.Values];
    }

    /// <summary>Sockets that the second look was too early for. What had no holder at the first sample either has one we may not see.</summary>
    private static List<uint> Unheld(SocketTable before, SocketTable now)
    {
        List<uint> inodes = [];
        foreach (ref readonly SocketRecord socket in now.All)
        {
            if (socket.Process is null && socket.Entry.Inode != 0 && !before.TryFind(socket.Entry.Cookie, out _))
            {
                inodes.Add(socket.Entry.Inode);
            }
        }

        return inodes;
    }

    /// <summary>These make the kernel walk another table (Linux 6.8), which is not for the moment of the second sample.</summary>
    private void AddBound(SocketTable sockets)
    {
        using SocketWalk walk = machine.Walk(new SocketQuery { States = StateSet.Of(TcpState.Closed), Details = SocketDetails.Memory, IncludeBound = true });
        while (walk.Read(out SocketEntry entry))
        {
            sockets.Add(new SocketRecord { Entry = entry, Memory = walk.Detail?.Memory });
        }
    }

    private IReadOnlyList<InterfaceFacts> ReadInterfaces()
    {
        try
        {
            return LiveMachine.In(_place, InterfaceReader.Read);
        }
        catch (SystemCallException refused)
        {
            machine.BlindSpots.Add(new BlindSpot("the interfaces and their addresses", refused.Message));
            return [];
        }
    }

    private IReadOnlyList<SettingSource> ReadSources()
    {
        if (!new NamespaceFinder().IsBooted(_place.Inode))
        {
            return [];
        }

        SysctlFileSurvey survey = new SysctlFiles().Read();
        machine.BlindSpots.AddRange(survey.BlindSpots);
        return survey.Sources;
    }

    /// <summary>A namespace does not show limits of the whole host (tcp_mem, tcp_max_orphans); where we are ourselves, they may be seen.</summary>
    private HostSettings ReadSettings()
    {
        HostSettings settings = LiveMachine.In(_place, Read);
        return _place.IsOwn ? settings : settings.WithHostWideFrom(Read());

        HostSettings Read() => new SettingsReader().Read(clock.GetUtcNow());
    }
}
