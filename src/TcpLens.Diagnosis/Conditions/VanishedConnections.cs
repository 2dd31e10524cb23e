using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Connections that were open at the first sample and left no trace at the second. A reset leaves none; nor does a close that the
/// peer began, so this points at whom resets may have hit and proves nothing.
/// </summary>
internal sealed class VanishedConnections
{
    private readonly List<uint> _idle = [];

    public int Count { get; private set; }

    /// <summary>Those with octets that nobody had read: close() answers these with a RST.</summary>
    public int Unread { get; private set; }

    public Tally<HostAddress> Remotes { get; } = new();

    /// <summary>Listeners whose connections they were.</summary>
    public Tally<Endpoint> Listeners { get; } = new();

    /// <summary>Known only for those that still hold the dead socket, and for accepting processes.</summary>
    public Tally<ProcessRef> Processes { get; } = new(ByPid.Comparer);

    public static VanishedConnections Between(CaseFile facts)
    {
        VanishedConnections vanished = new();
        foreach (ref readonly SocketRecord socket in facts.Seen.Before.Sockets.All)
        {
            if (socket.Entry.State is TcpState.Established or TcpState.CloseWait && !facts.Seen.Now.Sockets.TryFind(socket.Entry.Cookie, out _))
            {
                vanished.Add(facts, in socket);
            }
        }

        return vanished;
    }

    /// <summary>How long they had been idle at the first sample, from the shortest to the longest tenth; null when too few are known.</summary>
    public (TimeSpan Low, TimeSpan High)? IdleSpread()
    {
        if (_idle.Count < 5)
        {
            return null;
        }

        _idle.Sort();
        return (TimeSpan.FromMilliseconds(_idle[_idle.Count / 10]), TimeSpan.FromMilliseconds(_idle[_idle.Count * 9 / 10]));
    }

    private void Add(CaseFile facts, in SocketRecord socket)
    {
        Count++;
        Unread += socket.Entry.ReceiveQueue > 0 ? 1 : 0;
        Remotes.Add(socket.Entry.Remote.Address);
        if (socket.Vitals?.IdleMilliseconds is { } idle)
        {
            _idle.Add(idle);
        }

        SocketEntry entry = socket.Entry;
        ListenerCase? listener = facts.ListenerOf(in entry);
        if (listener is not null)
        {
            Listeners.Add(listener.Local);
        }

        if ((socket.Process ?? listener?.Socket.Process) is { } process)
        {
            Processes.Add(process);
        }
    }
}
