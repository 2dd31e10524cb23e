using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Says what stands out in a glance, one line an anomaly. Limits are the machine's own (backlogs, port range, sysctls) where it
/// has any; a number without one must be large enough that a busy healthy machine does not reach it. What looks alarming and is
/// normal, TIME_WAIT above all, is left alone until it nears a limit.
/// </summary>
public static class GlanceJudge
{
    /// <summary>Sockets in a state that should be fleeting.</summary>
    public const long ManyFleeting = 100;

    /// <summary>Share of a limit from which on it is worth a warning.</summary>
    public const double NearLimit = 0.8;

    /// <summary>Share of the local ports from which on connect() is about to fail.</summary>
    public const double AtLimit = 0.95;

    /// <summary>Retransmitted share of what was sent; a path above it is felt by its users.</summary>
    private const double LossyShare = 0.01;

    private const long EnoughSegments = 500;

    /// <summary>Worst first.</summary>
    public static IReadOnlyList<Remark> Judge(Glance glance)
    {
        List<Remark> remarks = [];
        Listeners(glance, remarks);
        Unaccepted(glance, remarks);
        Ports(glance, remarks);
        Limits(glance, remarks);
        FleetingStates(glance, remarks);
        CloseWait(glance, remarks);
        Loss(glance, remarks);
        remarks.Sort(static (left, right) => right.Severity.CompareTo(left.Severity));
        return remarks;
    }

    /// <summary>Linux lets an accept queue grow one beyond its limit and then drops (net/ipv4/tcp_ipv4.c, sk_acceptq_is_full).</summary>
    private static void Listeners(Glance glance, List<Remark> remarks)
    {
        foreach (ListenerPressure listener in glance.Listeners)
        {
            SocketEntry entry = listener.Now.Entry;
            string who = $"{entry.Local} ({listener.Owner})";
            string next = $"tcplens list --listening sport = :{entry.Local.Port}";
            long dropped = listener.DroppedMeanwhile ?? 0;
            if (entry.SendQueue > 0 && entry.ReceiveQueue > entry.SendQueue)
            {
                remarks.Add(new(Severity.Critical, $"accept queue of {who} is full: {entry.ReceiveQueue} of {entry.SendQueue}; new connections are dropped{(dropped > 0 ? $", {dropped:N0} while watched" : "")}", next));
            }
            else if (dropped > 0)
            {
                remarks.Add(new(Severity.Warning, $"{who} dropped {Words.Of(dropped, "segment")} of handshakes while watched; accept queue {entry.ReceiveQueue} of {entry.SendQueue}", next));
            }
            else if (entry.ReceiveQueue > 1 && listener.Now.QueueShare >= NearLimit)
            {
                remarks.Add(new(Severity.Warning, $"accept queue of {who} is nearly full: {entry.ReceiveQueue} of {entry.SendQueue}; the program accepts too slowly", next));
            }
        }
    }

    private static void Unaccepted(Glance glance, List<Remark> remarks)
    {
        if (glance.Unaccepted > 0)
        {
            Severity severity = glance.Unaccepted >= ManyFleeting ? Severity.Warning : Severity.Info;
            remarks.Add(new(severity, $"{Words.Of(glance.Unaccepted, "connection")} finished the handshake and no process has accepted them", "tcplens list unaccepted"));
        }
    }

    private static void Ports(Glance glance, List<Remark> remarks)
    {
        foreach (PortUse use in glance.Ports)
        {
            double share = glance.UsablePorts == 0 ? 0 : (double)use.Used / glance.UsablePorts;
            if (share >= NearLimit)
            {
                Severity severity = share >= AtLimit ? Severity.Critical : Severity.Warning;
                remarks.Add(new(severity, $"{use.Used:N0} of {glance.UsablePorts:N0} local ports ({share:P0}) are taken for {use.Destination}; at the end connect() fails with EADDRNOTAVAIL", $"tcplens count --by state,remote dport = :{use.Destination.Port}"));
            }
        }
    }

    private static void Limits(Glance glance, List<Remark> remarks)
    {
        HostSettings settings = glance.Snapshot.Settings;
        if (glance.Snapshot.Sockets is not { } sockets)
        {
            return;
        }

        Against(sockets.Orphans, settings.Number("net.ipv4.tcp_max_orphans"), "orphaned sockets", "net.ipv4.tcp_max_orphans; above it they are reset", "tcplens list orphan", remarks);
        Against(sockets.TimeWait, settings.Number("net.ipv4.tcp_max_tw_buckets"), "TIME_WAIT entries", "net.ipv4.tcp_max_tw_buckets; above it they are destroyed early and peers get resets", "tcplens count --by remote state time-wait", remarks);
        Against(sockets.MemoryPages, settings.Number("net.ipv4.tcp_mem", 1), "pages of TCP memory", "the pressure mark of net.ipv4.tcp_mem", "tcplens list --memory --sort sendq --top 20", remarks);
    }

    private static void Against(long value, long? limit, string what, string whatLimit, string next, List<Remark> remarks)
    {
        if (limit is > 0 && value >= limit * NearLimit)
        {
            Severity severity = value >= limit ? Severity.Critical : Severity.Warning;
            remarks.Add(new(severity, $"{value:N0} {what}, near the limit of {limit:N0} ({whatLimit})", next));
        }
    }

    private static void FleetingStates(Glance glance, List<Remark> remarks)
    {
        Pile(glance, remarks, TcpState.SynSent, "wait for an answer to their SYN: the target is down, filtered, or its accept queue is full", "tcplens count --by remote,remote-port state syn-sent");
        Pile(glance, remarks, TcpState.SynReceived, "wait for the last ACK of their handshake: lost answers, or a SYN flood", "tcplens count --by local-port,remote state syn-recv");
        Pile(glance, remarks, TcpState.FinWait1, "wait for the acknowledgment of their FIN: peers are unreachable or their windows are closed", "tcplens list state fin-wait-1 --timers");
        Pile(glance, remarks, TcpState.LastAck, "wait for the last acknowledgment: peers vanished after their FIN", "tcplens list state last-ack --timers");
        Pile(glance, remarks, TcpState.Closing, "closed at the same time as their peers and wait for the acknowledgment", "tcplens list state closing --timers");
    }

    private static void Pile(Glance glance, List<Remark> remarks, TcpState state, string why, string next)
    {
        long count = glance[state];
        if (count >= ManyFleeting)
        {
            remarks.Add(new(Severity.Warning, $"{count:N0} sockets in {state.Name(StateSpelling.Ss)} {why}", next));
        }
    }

    /// <summary>CLOSE_WAIT has no timeout: only the program can end it, so the program is named.</summary>
    private static void CloseWait(Glance glance, List<Remark> remarks)
    {
        foreach (NamedCount process in glance.Processes)
        {
            long count = process.Counts[TcpState.CloseWait];
            if (count >= ManyFleeting)
            {
                remarks.Add(new(Severity.Warning, $"{process.Name} has not closed {count:N0} connections whose peers closed theirs (CLOSE_WAIT); no kernel setting ends that", $"tcplens list state close-wait pid {process.Pid}"));
            }
        }
    }

    private static void Loss(Glance glance, List<Remark> remarks)
    {
        CounterDifference moved = glance.Moved;
        long sent = moved["Tcp.OutSegs"] ?? 0;
        long repeated = (moved["Tcp.RetransSegs"] ?? 0) - (moved["TcpExt.TCPSynRetrans"] ?? 0);
        if (sent + repeated >= EnoughSegments && repeated >= (sent + repeated) * LossyShare)
        {
            remarks.Add(new(Severity.Warning, $"{(double)repeated / (sent + repeated):P1} of the segments sent were retransmissions ({repeated:N0} of {sent + repeated:N0})", "tcplens list retrans > 0 --info --sort retrans --top 20"));
        }

        // Said already where the listener that is full was found.
        if (moved["TcpExt.ListenOverflows"] is > 0 and { } overflows && !remarks.Exists(static remark => remark.Severity == Severity.Critical))
        {
            remarks.Add(new(Severity.Critical, $"{Words.Of(overflows, "handshake")} met a full accept queue while watched (ListenOverflows)", "tcplens list --listening --memory --sort drops"));
        }
    }
}
