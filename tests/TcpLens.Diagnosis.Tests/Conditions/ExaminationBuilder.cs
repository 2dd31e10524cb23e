using TcpLens.Observation;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>
/// An examination made by hand, for thresholds and for what one machine cannot be made to show. It starts as five seconds on a quiet
/// machine with Linux's usual settings.
/// <code>
/// Finding leak = new ExaminationBuilder()
///     .Process(new ProcessFacts(Made.Nginx) { DescriptorLimit = 1024 })
///     .Now(60, i => Made.Socket(TcpState.CloseWait, $"10.0.0.1:{5000 + i}", "10.0.0.2:80", Made.Nginx) with { Vitals = … })
///     .Find("close-wait-leak")!;
/// </code>
/// </summary>
internal sealed class ExaminationBuilder
{
    private readonly Dictionary<string, string?> _settings = new()
    {
        ["net.core.somaxconn"] = "4096",
        ["net.ipv4.ip_local_port_range"] = "32768\t60999",
        ["net.ipv4.ip_local_reserved_ports"] = "",
        ["net.ipv4.tcp_fin_timeout"] = "60",
        ["net.ipv4.tcp_max_orphans"] = "131072",
        ["net.ipv4.tcp_max_syn_backlog"] = "2048",
        ["net.ipv4.tcp_max_tw_buckets"] = "131072",
        ["net.ipv4.tcp_mem"] = "190000\t254000\t380000",
        ["net.ipv4.tcp_orphan_retries"] = "0",
        ["net.ipv4.tcp_syncookies"] = "1",
        ["net.ipv4.tcp_synack_retries"] = "5",
        ["net.ipv4.tcp_syn_retries"] = "6",
        ["net.ipv4.tcp_timestamps"] = "1",
        ["net.ipv4.tcp_tw_reuse"] = "2",
    };

    private readonly Dictionary<string, (long? Before, long Now)> _counters = [];
    private readonly SocketTable _before = new();
    private readonly SocketTable _now = new();
    private readonly List<ProcessFacts> _processes = [];
    private readonly List<InterfaceFacts> _interfaces = [];
    private readonly List<CgroupMemory> _cgroups = [];
    private TimeSpan _elapsed = TimeSpan.FromSeconds(5);
    private SocketStat? _statBefore, _statNow;

    /// <summary>Between the samples; zero: there is one moment only.</summary>
    public ExaminationBuilder Lasting(double seconds)
    {
        _elapsed = TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <param name="key">"net.ipv4.tcp_rmem".</param>
    /// <param name="value">As the kernel prints it; null: this kernel does not have it.</param>
    public ExaminationBuilder Setting(string key, string? value)
    {
        _settings[key] = value;
        return this;
    }

    /// <summary>A counter at both moments; null before: it appeared meanwhile.</summary>
    public ExaminationBuilder Counter(string name, long? before, long now)
    {
        _counters[name] = (before, now);
        return this;
    }

    /// <summary>A counter that stood at a thousand and moved so far.</summary>
    public ExaminationBuilder Moved(string name, long by) => Counter(name, 1000, 1000 + by);

    public ExaminationBuilder Stat(SocketStat now, SocketStat? before = null)
    {
        (_statBefore, _statNow) = (before ?? now, now);
        return this;
    }

    public ExaminationBuilder Process(params IReadOnlyList<ProcessFacts> processes)
    {
        _processes.AddRange(processes);
        return this;
    }

    public ExaminationBuilder Interface(params IReadOnlyList<InterfaceFacts> interfaces)
    {
        _interfaces.AddRange(interfaces);
        return this;
    }

    public ExaminationBuilder Cgroup(CgroupMemory cgroup)
    {
        _cgroups.Add(cgroup);
        return this;
    }

    /// <summary>Sockets of the first sample only.</summary>
    public ExaminationBuilder Before(params IReadOnlyList<SocketRecord> sockets) => Add(_before, sockets);

    /// <summary>Sockets of the second sample only: they are new.</summary>
    public ExaminationBuilder Now(params IReadOnlyList<SocketRecord> sockets) => Add(_now, sockets);

    public ExaminationBuilder Now(int count, Func<int, SocketRecord> make) => Now([.. Enumerable.Range(0, count).Select(make)]);

    /// <summary>Sockets that are the same in both samples.</summary>
    public ExaminationBuilder Both(params IReadOnlyList<SocketRecord> sockets) => Before(sockets).Now(sockets);

    public ExaminationBuilder Both(int count, Func<int, SocketRecord> make) => Both([.. Enumerable.Range(0, count).Select(make)]);

    public Examination Build() => new()
    {
        HostName = "web-1",
        Namespace = new NetworkNamespace(1) { IsHost = true },
        Before = SampleOf(_before, _statBefore, static counter => counter.Before),
        Now = SampleOf(_now, _statNow, static counter => counter.Now),
        Elapsed = _elapsed,
        Settings = new HostSettings(_settings.Where(static pair => pair.Value is not null).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value!))) { MemoryBytes = 16L << 30 },
        Processes = _processes,
        Interfaces = _interfaces,
        Cgroups = _cgroups,
    };

    /// <summary>What the doctor has to say about one condition.</summary>
    public DoctorReport Examine(string condition, double patience = 1)
        => Doctor.Examine(Build(), new DoctorOptions { Only = [condition], Patience = patience });

    /// <summary>The worst finding of one condition; null when there is none.</summary>
    public Finding? Find(string condition, double patience = 1)
        => DoctorReport.Flatten(Examine(condition, patience).Findings).MaxBy(static finding => finding.Severity);

    private ExaminationBuilder Add(SocketTable table, IReadOnlyList<SocketRecord> sockets)
    {
        foreach (SocketRecord socket in sockets)
        {
            table.Add(in socket);
        }

        return this;
    }

    private Sample SampleOf(SocketTable sockets, SocketStat? stat, Func<(long? Before, long Now), long?> valueOf)
    {
        var counters = new CounterSetBuilder(new CounterNames());
        foreach ((string name, (long? Before, long Now) counter) in _counters)
        {
            if (valueOf(counter) is { } value)
            {
                counters.Add(name, value);
            }
        }

        return new Sample { TakenAt = DateTimeOffset.UnixEpoch, Counters = counters.Build(), Sockets = sockets, Stat = stat };
    }
}
