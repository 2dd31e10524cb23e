using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>A listener at both moments.</summary>
/// <param name="Socket">At the second sample: its entry's queues are the accept queue's length and limit.</param>
/// <param name="LengthBefore">Length of the accept queue at the first sample; null when it was not there.</param>
/// <param name="DroppedMeanwhile">Increase of its own drop counter; null when unknown.</param>
/// <param name="Unaccepted">Connections with its address and port that no process has accepted.</param>
public sealed record ListenerCase(SocketRecord Socket, uint? LengthBefore, long? DroppedMeanwhile, int Unaccepted)
{
    public Endpoint Local { get; } = Socket.Entry.Local;

    public uint Length => Socket.Entry.ReceiveQueue;

    public uint Limit => Socket.Entry.SendQueue;
}

/// <summary>
/// An examination as conditions read it: the samples side by side, with the lookups that many of them need made once.
/// </summary>
/// <param name="seen">What was seen.</param>
/// <param name="patience">
/// Scales every age from which waiting counts as too long: 1 as the pages say, 0.1 for a system on which seconds matter.
/// </param>
public sealed class CaseFile(Examination seen, double patience = 1)
{
    private readonly Lazy<CounterDifference> _moved = new(() => CounterSet.Difference(seen.Now.Counters, seen.Before.Counters, seen.Elapsed));
    private readonly Lazy<ListenerTable> _listeners = new(() => ListenerTable.Of(seen));
    private readonly Lazy<Dictionary<int, ProcessFacts>> _processes = new(() => seen.Processes.ToDictionary(static process => process.Process.Pid));
    private readonly Lazy<HashSet<HostAddress>> _ownAddresses = new(() => [.. seen.Interfaces.SelectMany(static link => link.Addresses)]);
    private readonly Lazy<PortUseTable?> _ports = new(() => PortsOf(seen));
    private StallSurvey? _stalls;
    private PhantomSurvey? _phantoms;
    private RecoveryLedger? _recoveries;

    public Examination Seen => seen;

    public HostSettings Settings => seen.Settings;

    /// <summary>Sockets at the second sample.</summary>
    public ReadOnlySpan<SocketRecord> Sockets => seen.Now.Sockets.All;

    public double Seconds => seen.Elapsed.TotalSeconds;

    /// <summary>False when there is one moment only: then nothing has a rate, and nothing may be worse than a notice by a counter.</summary>
    public bool HasTwoSamples => seen.Elapsed > TimeSpan.Zero;

    public IReadOnlyList<ListenerCase> Listeners => _listeners.Value.All;

    /// <summary>Use of ephemeral ports by source, destination address and port; null when the range is unknown.</summary>
    public PortUseTable? Ports => _ports.Value;

    /// <summary>Connections that do not move, each with its cause.</summary>
    internal StallSurvey Stalls => _stalls ??= StallSurvey.Of(this);

    /// <summary>Idle connections that nothing would tell of a dead peer.</summary>
    internal PhantomSurvey Phantoms => _phantoms ??= PhantomSurvey.Of(this);

    /// <summary>What was sent twice between the samples, and why.</summary>
    internal RecoveryLedger Recoveries => _recoveries ??= RecoveryLedger.Of(this);

    /// <summary>An age from the pages, scaled to how patient the users of this machine are.</summary>
    public TimeSpan Patience(TimeSpan age) => age * patience;

    /// <summary>Increase of a counter between the samples; null when it is unknown here.</summary>
    public long? Moved(string counter) => HasTwoSamples ? _moved.Value[counter] : null;

    /// <summary>Increase by the second; 0 when it is unknown, which no threshold exceeds.</summary>
    public double Rate(string counter) => Moved(counter) is { } moved ? moved / Seconds : 0;

    /// <summary>A counter's or gauge's value at the second sample; null when this kernel does not have it.</summary>
    public long? Value(string counter) => seen.Now.Counters[counter];

    /// <summary>A counter's movement as evidence: "TcpExt.ListenOverflows +12 in 5.0 s (2.4/s)".</summary>
    public Fact CounterFact(string counter)
    {
        long moved = Moved(counter) ?? 0;
        return new Fact($"{counter} {moved:+#,0;-#,0;+0} in {Seconds:0.0} s ({(Seconds > 0 ? moved / Seconds : 0):#,0.0}/s)", counter)
        {
            Value = moved,
            PerSecond = Seconds > 0 ? moved / Seconds : null,
        };
    }

    /// <summary>A setting as evidence: "net.core.somaxconn = 4096".</summary>
    public Fact SettingFact(string key) => new($"{key} = {Settings[key]?.Replace('\t', ' ') ?? "not here"}", key) { Value = Settings.Number(key) };

    /// <summary>The same connection at the first sample.</summary>
    public bool TryEarlier(in SocketRecord socket, out SocketRecord earlier) => seen.Before.Sockets.TryFind(socket.Entry.Cookie, out earlier);

    /// <summary>The listener whose connection this is, by address and port; null for an outgoing connection.</summary>
    public ListenerCase? ListenerOf(in SocketEntry entry) => _listeners.Value.Of(in entry);

    public ProcessFacts? FactsOf(ProcessRef? process) => process is null ? null : _processes.Value.GetValueOrDefault(process.Pid);

    /// <summary>True for loopback and for addresses of this namespace's interfaces: then the peer is on this host.</summary>
    public bool IsHere(HostAddress address) => address.IsLoopback || _ownAddresses.Value.Contains(address);

    /// <summary>"nginx/1234", or "-" when no holder is known.</summary>
    public static string NameOf(ProcessRef? process) => process is null ? "-" : $"{process.Command}/{process.Pid}";

    /// <summary>The process as a culprit, with its container.</summary>
    public Culprit CulpritOf(ProcessRef process, string? detail = null)
    {
        string? container = FactsOf(process)?.Container;
        return new Culprit(CulpritKind.Process, NameOf(process), container is null ? detail : detail is null ? $"container {container}" : $"{detail}, container {container}");
    }

    private static PortUseTable? PortsOf(Examination seen)
    {
        if (seen.Settings.EphemeralPorts() is not { } range)
        {
            return null;
        }

        PortUseTable table = new(range);
        foreach (ref readonly SocketRecord socket in seen.Now.Sockets.All)
        {
            SocketEntry entry = socket.Entry;
            table.Add(in entry);
        }

        return table;
    }
}
