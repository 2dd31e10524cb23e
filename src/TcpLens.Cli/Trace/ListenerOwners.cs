using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Who holds which listener: a connection that waits for accept() belongs to nobody yet, and will be somebody's of these.</summary>
internal sealed class ListenerOwners
{
    /// <summary>Above the ports that one namespace has; beyond it none is added.</summary>
    private const int Capacity = 1 << 17;

    private readonly Dictionary<(uint Namespace, ushort Port), List<Listener>> _byPort = [];
    private int _count;
    private int _look;

    /// <summary>
    /// All listeners are about to be told. Those that were not told the last time either are gone; the others stay, since records that speak
    /// of them may still be on their way.
    /// </summary>
    public void BeginLook()
    {
        _look++;
        _count = 0;
        foreach (List<Listener> listeners in _byPort.Values)
        {
            listeners.RemoveAll(listener => listener.Look < _look - 1);
            _count += listeners.Count;
        }
    }

    public void Add(uint place, in Endpoint local, int pid, in TaskName command)
    {
        if (!_byPort.TryGetValue((place, local.Port), out List<Listener>? listeners))
        {
            _byPort.Add((place, local.Port), listeners = []);
        }

        var listener = new Listener(local.Address, new TraceOwner(pid, command, OwnerFrom.Listener), _look);
        if (Find(listeners, local.Address, pid) is >= 0 and var at)
        {
            listeners[at] = listener;
        }
        else if (_count < Capacity)
        {
            _count++;
            listeners.Add(listener);
        }
    }

    /// <summary>A listener was closed; one of another process may stay on the same port (SO_REUSEPORT).</summary>
    public void Remove(uint place, in Endpoint local, int pid)
    {
        if (_byPort.TryGetValue((place, local.Port), out List<Listener>? listeners) && Find(listeners, local.Address, pid) is >= 0 and var at)
        {
            listeners.RemoveAt(at);
            _count--;
        }
    }

    /// <summary>
    /// The process whose listener takes connections to this address: one bound to it goes before one bound to all. Nobody, when several
    /// processes share the port: only the kernel knows which of them a connection was given to.
    /// </summary>
    public TraceOwner OwnerOf(uint place, in Endpoint local)
    {
        TraceOwner best = default;
        int bestRank = 0;
        if (!_byPort.TryGetValue((place, local.Port), out List<Listener>? listeners))
        {
            return best;
        }

        foreach (Listener listener in listeners)
        {
            int rank = RankOf(listener.Address, local.Address);
            if (rank > bestRank)
            {
                (best, bestRank) = (listener.Owner, rank);
            }
            else if (rank == bestRank && rank > 0 && listener.Owner.Pid != best.Pid)
            {
                best = default;
            }
        }

        return best;
    }

    private static int Find(List<Listener> listeners, HostAddress address, int pid)
    {
        for (int i = 0; i < listeners.Count; i++)
        {
            if (listeners[i].Address == address && listeners[i].Owner.Pid == pid)
            {
                return i;
            }
        }

        return -1;
    }

    private static int RankOf(HostAddress bound, HostAddress local) => bound == local ? 3
        : bound == HostAddress.AnyV4 && local.IsV4Mapped ? 2
        : bound == HostAddress.AnyV6 ? 1
        : 0;

    private readonly record struct Listener(HostAddress Address, TraceOwner Owner, int Look);
}
