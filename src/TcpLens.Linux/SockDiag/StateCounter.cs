using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>Sockets by state, and how the number was come by.</summary>
public readonly record struct StateCount(StateCounts Counts, string Source);

/// <summary>
/// Counts the sockets of one namespace by state. Established and TIME_WAIT sockets are nearly all of a busy machine, and the kernel
/// keeps their sum anyway (/proc/net/sockstat), so only the rare states are walked:
/// <para>ESTABLISHED = inuse of IPv4 and IPv6 - the full sockets of the rare states</para>
/// <para>TIME_WAIT = tw - the mini-sockets in FIN_WAIT_2</para>
/// Request sockets are in neither sum. The arithmetic is exact while nothing changes; while it does, it is as inexact as a walk,
/// which takes longer and is no more of one instant.
/// </summary>
public sealed class StateCounter(INetlink netlink, Func<SocketStat?> readSocketStat)
{
    private const int Tries = 2;
    private static readonly StateSet RareStates = ~StateSet.Of(TcpState.Established, TcpState.TimeWait);

    /// <param name="walk">Walk every socket, whatever it costs.</param>
    /// <exception cref="SystemCallException">The kernel refused the walk.</exception>
    public StateCount Count(bool walk)
    {
        if (walk)
        {
            return new StateCount(Walk(StateSet.All).Counts, "sock_diag walk of every socket");
        }

        for (int attempt = 1; ; attempt++)
        {
            SocketStat? before = readSocketStat();
            Rare rare = Walk(RareStates);
            SocketStat? after = readSocketStat();
            bool steady = before is { } first && after is { } second
                && (first.InUse, first.InUseV6, first.TimeWait) == (second.InUse, second.InUseV6, second.TimeWait);
            if (!steady && attempt < Tries)
            {
                continue;
            }

            return after is { } stat && Derive(rare, stat) is { } counts
                ? new StateCount(counts, steady
                    ? "sock_diag walk of the rare states, the rest from /proc/net/sockstat"
                    : "sock_diag walk of the rare states, the rest from /proc/net/sockstat; sockets came and went meanwhile")
                : new StateCount(Walk(StateSet.All).Counts, "sock_diag walk of every socket (/proc/net/sockstat did not add up)");
        }
    }

    private static StateCounts? Derive(in Rare rare, SocketStat stat)
    {
        long established = stat.InUse + stat.InUseV6 - rare.Full;
        long timeWait = stat.TimeWait - rare.TimeWaitObjects;
        if (established < 0 || timeWait < 0)
        {
            return null;
        }

        StateCounts counts = rare.Counts;
        counts[TcpState.Established] = established;
        counts[TcpState.TimeWait] = timeWait;
        return counts;
    }

    private Rare Walk(StateSet states)
    {
        Rare rare = default;
        using var walk = new DiagWalk(netlink, new SocketQuery { States = states });
        while (walk.Read(out SocketEntry entry))
        {
            rare.Counts.Add(entry.State);
            rare.Full += entry.Kind == SocketKind.Full ? 1 : 0;
            rare.TimeWaitObjects += entry.Kind == SocketKind.TimeWait ? 1 : 0;
        }

        return rare;
    }

    private struct Rare
    {
        public StateCounts Counts;
        public long Full;
        public long TimeWaitObjects;
    }
}
