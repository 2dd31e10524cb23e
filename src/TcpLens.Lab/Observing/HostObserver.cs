using TcpLens.Observation;
using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>
/// A host of ours as a kernel would be seen: its connections as entries, its counters by Linux's names. What lists, counts and diagnoses
/// kernels reads it without knowing the difference.
/// </summary>
public sealed class HostObserver(TcpHost host)
{
    /// <summary>Nothing here has a file; 0 would say that no program holds the socket.</summary>
    private const uint HeldInode = 1;

    private static readonly (TcpCounter Counter, string Name)[] Names
        = [.. Enum.GetValues<TcpCounter>().Select(counter => (counter, NameOf(counter)))];

    private readonly CounterNames _known = new();

    /// <summary>Everything there is, listeners first, in order of nothing else. Nothing is kept or allocated for each.</summary>
    /// <param name="now">The time that timers are seen at.</param>
    /// <param name="visit">Told each entry.</param>
    public void Walk(Instant now, Action<SocketEntry> visit)
    {
        foreach (HostEntry entry in host.Walk())
        {
            visit(EntryOf(entry, now));
        }
    }

    /// <summary>The same as a table, with what tcp_info would say.</summary>
    public SocketTable Sockets(Instant now)
    {
        var table = new SocketTable();
        foreach (HostEntry entry in host.Walk())
        {
            bool hasInfo = entry.Kind is HostEntryKind.Unaccepted or HostEntryKind.Held or HostEntryKind.Orphan;
            table.Add(new SocketRecord
            {
                Entry = EntryOf(entry, now),
                Vitals = hasInfo ? TcpVitals.Of(StatusView.Of(entry.Connection!.Status)) : null,
                CongestionControl = hasInfo ? NameOf(entry.Connection!.Settings.Congestion) : null,
                IsPortNamed = entry.Kind == HostEntryKind.Listener ? true : null,
            });
        }

        return table;
    }

    public CounterSet Counters()
    {
        var builder = new CounterSetBuilder(_known);
        foreach ((TcpCounter counter, string name) in Names)
        {
            builder.Add(name, host.Counters[counter]);
        }

        builder.Add("Tcp.CurrEstab", host.Established);
        builder.Add("sockstat TCP.inuse", host.Connections);
        builder.Add("sockstat TCP.orphan", host.Orphans);
        builder.Add("sockstat TCP.tw", host.TimeWaits);
        return builder.Build();
    }

    /// <summary>Counters and connections at one instant.</summary>
    /// <param name="now">On the host's clock.</param>
    /// <param name="at">The same on a wall clock, for those who read it.</param>
    public Sample Take(Instant now, DateTimeOffset at) => new() { TakenAt = at, Counters = Counters(), Sockets = Sockets(now) };

    /// <summary>What a doctor is shown: two samples of this host, and its settings by Linux's names.</summary>
    public Examination Examine(string name, Sample before, Sample now, TimeSpan elapsed) => new()
    {
        HostName = name,
        Namespace = new(0),
        Before = before,
        Now = now,
        Elapsed = elapsed,
        Settings = HostSysctls.Of(host.Settings),
    };

    private static SocketEntry EntryOf(in HostEntry entry, Instant now) => new()
    {
        State = entry.State,
        Family = entry.Local.Address.IsV4Mapped ? IpFamily.V4 : IpFamily.V6,
        Local = entry.Local,
        Remote = entry.Kind == HostEntryKind.Listener ? new(entry.Local.Address.IsV4Mapped ? HostAddress.AnyV4 : HostAddress.AnyV6, 0) : entry.Remote,
        Kind = entry.Kind switch
        {
            HostEntryKind.HalfOpen => SocketKind.Request,
            HostEntryKind.TimeWait => SocketKind.TimeWait,
            _ => SocketKind.Full,
        },
        Timer = entry.Timer switch
        {
            HostTimer.Off => SocketTimer.Off,
            HostTimer.Retransmit => SocketTimer.Retransmit,
            HostTimer.KeepAlive => SocketTimer.KeepAlive,
            HostTimer.TimeWait => SocketTimer.TimeWait,
            HostTimer.WindowProbe => SocketTimer.ZeroWindowProbe,
        },
        TimerMilliseconds = entry.TimerAt == Instant.Never ? 0 : (uint)Math.Clamp((entry.TimerAt - now).TotalMilliseconds, 0, uint.MaxValue),
        TimerRetransmits = (byte)Math.Min(entry.TimerRetries, byte.MaxValue),
        ReceiveQueue = (uint)entry.ReceiveQueue,
        SendQueue = (uint)entry.SendQueue,
        Inode = entry.Kind is HostEntryKind.Listener or HostEntryKind.Held ? HeldInode : 0,
    };

    private static string NameOf(CongestionAlgorithm algorithm) => algorithm switch
    {
        CongestionAlgorithm.Cubic => "cubic",
        CongestionAlgorithm.NewReno => "reno",
    };

    /// <summary>The first ten stand in /proc/net/snmp, the rest in /proc/net/netstat.</summary>
    private static string NameOf(TcpCounter counter) => (counter <= TcpCounter.InCsumErrors ? "Tcp." : "TcpExt.") + counter;
}
