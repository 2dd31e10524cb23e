using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// The local ports in use towards one destination: by which states and whom, how many of them connect() may take over all the same,
/// and how their number moves.
/// </summary>
internal sealed class DestinationPorts(PortUse use, TimeSpan? reuseAge)
{
    /// <summary>Destinations looked at closely; a machine that runs out of ports does so at one or two.</summary>
    private const int DestinationsMax = 16;

    private const int TimeWaitMilliseconds = 60_000;

    private readonly int[] _byState = new int[16];
    private int _blockedBefore;

    public PortUse Use => use;

    /// <summary>Ports that connect() cannot have now.</summary>
    public int Blocked { get; private set; }

    /// <summary>Change of <see cref="Blocked"/> between the samples.</summary>
    public int Grown => Blocked - _blockedBefore;

    /// <summary>True when connect() takes over ports in TIME_WAIT after a second (tcp_tw_reuse).</summary>
    public bool IsReused => reuseAge is not null;

    public Tally<ProcessRef> Processes { get; } = new(ByPid.Comparer);

    public int this[TcpState state] => _byState[(int)state];

    /// <summary>The state in which most of the ports are.</summary>
    public TcpState Mostly => (TcpState)_byState.IndexOf(_byState.Max());

    /// <summary>Destinations that use at least this share of the usable ports, the busiest first.</summary>
    public static IReadOnlyList<DestinationPorts> Busy(CaseFile facts, PortUseTable ports, double share)
    {
        Dictionary<(HostAddress, Endpoint, uint), DestinationPorts> busy = [];
        foreach (PortUse use in ports.Busiest(DestinationsMax).Where(use => use.Used >= share * ports.Usable))
        {
            busy.Add((use.Source, use.Destination, use.Namespace), new DestinationPorts(use, ReuseAge(facts, use)));
        }

        if (busy.Count == 0)
        {
            return [];
        }

        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (ports.IsUse(socket.Entry) && busy.TryGetValue((socket.Entry.Local.Address, socket.Entry.Remote, socket.Entry.Namespace), out DestinationPorts? its))
            {
                its.Add(in socket);
            }
        }

        foreach (ref readonly SocketRecord socket in facts.Seen.Before.Sockets.All)
        {
            if (ports.IsUse(socket.Entry) && busy.TryGetValue((socket.Entry.Local.Address, socket.Entry.Remote, socket.Entry.Namespace), out DestinationPorts? its))
            {
                its._blockedBefore += its.Blocks(socket.Entry) ? 1 : 0;
            }
        }

        return [.. busy.Values.OrderByDescending(static its => its.Blocked)];
    }

    /// <summary>
    /// Age from which connect() reuses a port in TIME_WAIT towards the destination; null when it never does (tcp_ipv4.c,
    /// tcp_twsk_unique). Whether the peer uses timestamps, without which it does not either, cannot be seen from here.
    /// </summary>
    private static TimeSpan? ReuseAge(CaseFile facts, PortUse use)
    {
        long? reuse = facts.Settings.Number("net.ipv4.tcp_tw_reuse");
        bool isLoopback = use.Source.IsLoopback || use.Destination.Address.IsLoopback;
        bool isReused = facts.Settings.Number("net.ipv4.tcp_timestamps") != 0 && (reuse == 1 || (reuse == 2 && isLoopback));
        return isReused ? TimeSpan.FromMilliseconds(facts.Settings.Number("net.ipv4.tcp_tw_reuse_delay") ?? 1000) : null;
    }

    private void Add(in SocketRecord socket)
    {
        _byState[(int)socket.Entry.State]++;
        Blocked += Blocks(socket.Entry) ? 1 : 0;
        if (socket.Process is { } process)
        {
            Processes.Add(process);
        }
    }

    private bool Blocks(in SocketEntry entry)
        => entry.State != TcpState.TimeWait || reuseAge is not { } age || TimeWaitMilliseconds - (long)entry.TimerMilliseconds < age.TotalMilliseconds;
}
