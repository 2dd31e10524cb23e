using System.Text;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Whose sockets a trace is about. In this order: the process that the record names; the one that holds the socket, by its inode; and where
/// neither is known, as while a connection waits for accept(), the one that holds the listener it came to. What is not among the descriptors
/// known so far is looked for anew, but seldom: a look takes time in which records pile up.
/// </summary>
/// <param name="machine">Where descriptors and listeners are looked for; null for a recorded trace, which brings those it had.</param>
/// <param name="places">Namespaces that have names.</param>
/// <param name="clock">Says when to look again.</param>
internal sealed class TraceOwners(LiveMachine? machine, IReadOnlyList<NetworkNamespace> places, TimeProvider clock) : ISocketContext
{
    private const int ProcessesMax = 4096;

    /// <summary>At most a twentieth of the time goes into looking.</summary>
    private const int Rest = 20;

    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(1);

    private readonly Dictionary<uint, TraceOwner> _recorded = [];
    private readonly Dictionary<int, ProcessRef> _processes = [];
    private readonly ListenerOwners _listeners = new();
    private readonly OwnerMemory _memory = new();
    private readonly SocketHolder[] _holder = new SocketHolder[1];
    private readonly SocketDetail _detail = new() { Info = new TcpInfo() };
    private readonly ProcFs _proc = new();
    private TraceOwner _owner;
    private TimeSpan? _age;
    private long _nextLook;

    /// <summary>Notes what a record tells of owners; to be called with each, in their order.</summary>
    public void Learn(in TraceRecord record)
    {
        if (record.Kind == TraceKind.Owner)
        {
            LearnOwner(in record);
        }
        else if (record.Kind == TraceKind.StateChange && record.Pid != 0 && record.Namespace != 0)
        {
            if (record.To == TcpState.Listen)
            {
                _listeners.Add(record.Namespace, record.Local, record.Pid, record.Command);
            }
            else if (record is { From: TcpState.Listen, To: TcpState.Closed })
            {
                _listeners.Remove(record.Namespace, record.Local, record.Pid);
            }
        }
    }

    public TraceOwner OwnerOf(in TraceRecord record)
    {
        if (record.Pid != 0 && !record.Has(TraceMarks.Destroyed))
        {
            return new TraceOwner(record.Pid, record.Command, OwnerFrom.Task);
        }

        TraceOwner known = Known(in record);
        if (known.From != OwnerFrom.Nobody || !Look())
        {
            return known;
        }

        return Known(in record);
    }

    /// <summary>True when the record is about a socket that the filter means.</summary>
    public bool Judge(SocketFilter filter, in TraceRecord record, in LifeTail tail)
    {
        _owner = (filter.Needs & (FilterNeeds.Owners | FilterNeeds.Container | FilterNeeds.CgroupPath)) != FilterNeeds.None ? OwnerOf(in record) : default;
        _age = record is { Kind: TraceKind.LifeEnded, NanosecondsInOldState: { } lifetime } ? TimeSpan.FromMicroseconds(lifetime / 1000) : null;
        if (filter.Needs.HasFlag(FilterNeeds.TcpInfo))
        {
            Fill(_detail.Info!, in record, in tail);
        }

        return filter.Matches(record.ToEntry(), this);
    }

    /// <summary>The holders of all sockets there are, as records to begin a trace file with.</summary>
    public TraceFrames Survey(int limit)
    {
        TraceFrames records = new();
        if (machine is null)
        {
            return records;
        }

        machine.FindAllOwners();
        using SocketWalk walk = machine.Walk(new SocketQuery { States = StateGroups.Big });
        while (limit > 0 && walk.Read(out SocketEntry entry))
        {
            if (machine.HoldersOf(in entry) is [var holder, ..])
            {
                records.Add(RecordOf(in entry, holder.Process));
                limit--;
            }
        }

        return records;
    }

    public SocketDetail? DetailOf(in SocketEntry entry) => _detail;

    /// <summary>Of the record that is being judged.</summary>
    public ReadOnlySpan<SocketHolder> HoldersOf(in SocketEntry entry)
    {
        if (_owner.From == OwnerFrom.Nobody)
        {
            return [];
        }

        _holder[0] = new SocketHolder(ProcessOf(in _owner), -1);
        return _holder;
    }

    public string? CgroupOf(in SocketEntry entry) => _owner.From == OwnerFrom.Nobody ? null : ProcessOf(in _owner).Cgroup;

    public string? ContainerOf(in SocketEntry entry) => _owner.From == OwnerFrom.Nobody ? null : machine?.ContainerOf(ProcessOf(in _owner));

    public string? NamespaceName(uint inode)
    {
        for (int i = 0; i < places.Count; i++)   // Asked for every record: a foreach over an interface allocates.
        {
            if (places[i].Inode == inode)
            {
                return places[i].DisplayName;
            }
        }

        return null;
    }

    public string? UserName(uint userId) => machine?.UserName(userId);

    public string? InterfaceName(uint index) => machine?.InterfaceName(index);

    public TimeSpan? AgeOf(in SocketEntry entry) => _age;

    private void LearnOwner(in TraceRecord record)
    {
        _recorded[record.Inode] = new TraceOwner(record.Pid, record.Command, OwnerFrom.Descriptor);
        if (record.From == TcpState.Listen)
        {
            _listeners.Add(record.Namespace, record.Local, record.Pid, record.Command);
        }
    }

    private TraceOwner Known(in TraceRecord record)
    {
        if (record.Inode != 0 && HolderOf(record.Inode) is { From: not OwnerFrom.Nobody } holder)
        {
            _memory.Remember(record.Cookie, [new SocketHolder(ProcessOf(in holder), -1)]);
            return holder;
        }

        if (record.Inode == 0 && _memory.Recall(record.Cookie) is [var past, ..])
        {
            return Owner(past.Process, OwnerFrom.Descriptor);
        }

        // The same port may be listened on in another namespace: where a source does not tell it, that is no evidence.
        return record.Namespace == 0 ? default : _listeners.OwnerOf(record.Namespace, record.Local);
    }

    private TraceOwner HolderOf(uint inode)
    {
        if (_recorded.TryGetValue(inode, out TraceOwner owner) || machine is null)
        {
            return owner;
        }

        var entry = new SocketEntry { State = TcpState.Established, Family = IpFamily.V4, Local = default, Remote = default, Inode = inode };
        return machine.HoldersOf(in entry) is [var holder, ..] ? Owner(holder.Process, OwnerFrom.Descriptor) : default;
    }

    private bool Look()
    {
        long now = clock.GetTimestamp();
        if (machine is null || now < _nextLook)
        {
            return false;
        }

        machine.FindAllOwners();
        _listeners.BeginLook();
        using (SocketWalk walk = machine.Walk(new SocketQuery { States = StateSet.Of(TcpState.Listen) }))
        {
            while (walk.Read(out SocketEntry entry))
            {
                if (machine.HoldersOf(in entry) is [var holder, ..])
                {
                    _listeners.Add(entry.Namespace, entry.Local, holder.Process.Pid, NameOf(holder.Process));
                }
            }
        }

        TimeSpan rest = Rest * clock.GetElapsedTime(now);
        _nextLook = clock.GetTimestamp() + (long)((rest > ShortestRest ? rest : ShortestRest).TotalSeconds * clock.TimestampFrequency);
        return true;
    }

    private ProcessRef ProcessOf(in TraceOwner owner)
    {
        if (_processes.TryGetValue(owner.Pid, out ProcessRef? known) && owner.Command == NameOf(known))
        {
            return known;
        }

        if (_processes.Count == ProcessesMax)
        {
            _processes.Clear();
        }

        var process = new ProcessRef(owner.Pid, owner.Command.ToString()) { Cgroup = machine is null ? null : _proc.CgroupOf(owner.Pid) };
        return _processes[owner.Pid] = process;
    }

    private static TraceOwner Owner(ProcessRef process, OwnerFrom from) => new(process.Pid, NameOf(process), from);

    private static TaskName NameOf(ProcessRef process)
    {
        Span<byte> name = stackalloc byte[TaskName.Length * 4];
        return Encoding.UTF8.TryGetBytes(process.Command, name, out int length) ? TaskName.From(name[..length]) : default;
    }

    private static TraceRecord RecordOf(in SocketEntry entry, ProcessRef holder) => new()
    {
        Kind = TraceKind.Owner,
        From = entry.State,
        Family = entry.Family,
        LocalAddress = WireAddress.Of(entry.Local.Address),
        LocalPort = entry.Local.Port,
        RemoteAddress = WireAddress.Of(entry.Remote.Address),
        RemotePort = entry.Remote.Port,
        Inode = entry.Inode,
        Cookie = entry.Cookie,
        Namespace = entry.Namespace,
        UserId = entry.UserId,
        Pid = holder.Pid,
        Command = NameOf(holder),
    };

    /// <summary>What a record and the end of a life tell of what tcp_info would; null is what they do not.</summary>
    private static void Fill(TcpInfo info, in TraceRecord record, in LifeTail tail)
    {
        bool isLife = record.Kind == TraceKind.LifeEnded;
        info.RttMicroseconds = record.RttMicroseconds == 0 ? null : record.RttMicroseconds;
        info.MinRttMicroseconds = isLife && tail.MinRttMicroseconds != 0 ? tail.MinRttMicroseconds : null;
        info.TotalRetransmittedSegments = isLife ? tail.Retransmits : null;
    }
}
