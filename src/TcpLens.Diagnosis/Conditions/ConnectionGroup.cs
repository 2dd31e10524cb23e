using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>Connections with one trouble that belong together: those of a listener, or those of a process.</summary>
internal sealed class ConnectionGroup(ProcessRef? process, ListenerCase? listener)
{
    /// <summary>Who holds them, or one of several who accept from the listener; null when unknown.</summary>
    public ProcessRef? Process => process;

    public ListenerCase? Listener => listener;

    /// <summary>"nginx/1234", or with a listener "0.0.0.0:443".</summary>
    public string Name => listener is null ? CaseFile.NameOf(process) : listener.Local.ToString();

    public int Count { get; private set; }

    /// <summary>Octets in their send queues.</summary>
    public long Unsent { get; private set; }

    /// <summary>Octets in their receive queues.</summary>
    public long Unread { get; private set; }

    public TimeSpan Longest { get; private set; }

    public Tally<HostAddress> Remotes { get; } = new();

    public void Add(in SocketRecord socket, TimeSpan age)
    {
        Count++;
        Unsent += socket.Entry.SendQueue;
        Unread += socket.Entry.ReceiveQueue;
        Longest = age > Longest ? age : Longest;
        Remotes.Add(socket.Entry.Remote.Address);
    }

    /// <summary>Its process, its listener, and the remote addresses with most connections.</summary>
    public IEnumerable<Culprit> Culprits(CaseFile facts)
    {
        if (process is not null)
        {
            yield return facts.CulpritOf(process, Words.Of(Count, "connection"));
        }

        if (listener is not null)
        {
            yield return new Culprit(CulpritKind.Listener, Name);
        }

        foreach (Culprit remote in Remotes.Culprits())
        {
            yield return remote;
        }
    }
}

/// <summary>Groups as they are met.</summary>
internal sealed class ConnectionGroups
{
    private readonly Dictionary<(int Pid, Endpoint Listener), ConnectionGroup> _all = [];

    /// <summary>The largest first.</summary>
    public IEnumerable<ConnectionGroup> Largest => _all.Values.OrderByDescending(static group => group.Count);

    /// <summary>The group of the socket's process; one group for all whose process is not known.</summary>
    public ConnectionGroup ByProcess(in SocketRecord socket) => At((socket.Process?.Pid ?? 0, default), in socket, null);

    /// <summary>The group of the listener that the connection came from; of its process when it went out.</summary>
    public ConnectionGroup ByServer(in SocketRecord socket, ListenerCase? listener)
        => listener is null ? ByProcess(in socket) : At((0, listener.Local), in socket, listener);

    private ConnectionGroup At((int, Endpoint) key, in SocketRecord socket, ListenerCase? listener)
        => CollectionsMarshal.GetValueRefOrAddDefault(_all, key, out _) ??= new ConnectionGroup(socket.Process, listener);
}
