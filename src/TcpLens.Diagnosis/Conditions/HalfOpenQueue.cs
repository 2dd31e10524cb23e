using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// The half-open connections of one listener, or of several that share an address and a port. Linux has no number for them; they are
/// counted, against a limit that is the listener's backlog (net/ipv4/tcp_input.c, inet_csk_reqsk_queue_is_full).
/// </summary>
internal sealed class HalfOpenQueue(Endpoint local)
{
    /// <summary>A SYN-ACK that is not answered is repeated after a second; what waits longer unrepeated waits for data.</summary>
    private const int FirstTimeoutMilliseconds = 1100;

    public Endpoint Local => local;

    public List<ListenerCase> Listeners { get; } = [];

    /// <summary>The backlog, and one.</summary>
    public long Limit => Listeners.Sum(static listener => listener.Limit + 1L);

    public int Count { get; private set; }

    /// <summary>Those whose SYN-ACK was repeated: nobody answers.</summary>
    public int Repeated { get; private set; }

    /// <summary>Those that answered and that the kernel keeps until data comes (TCP_DEFER_ACCEPT).</summary>
    public int Deferred { get; private set; }

    public int Waiting => Count - Deferred;

    public byte MostRepeats { get; private set; }

    public double Share => Limit == 0 ? 0 : (double)Waiting / Limit;

    public bool IsAcceptQueueFull => Listeners.Exists(static listener => listener.Length > listener.Limit);

    public Tally<HostAddress> Remotes { get; } = new();

    /// <summary>Every listener with half-open connections, the fullest first.</summary>
    public static IReadOnlyList<HalfOpenQueue> Of(CaseFile facts)
    {
        Dictionary<Endpoint, HalfOpenQueue> queues = [];
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.State == TcpState.SynReceived && socket.Entry.Kind == SocketKind.Request && facts.ListenerOf(socket.Entry) is { } listener)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(queues, listener.Local, out _) ??= new HalfOpenQueue(listener.Local)).Add(facts, in socket);
            }
        }

        foreach (ListenerCase listener in facts.Listeners)
        {
            if (queues.TryGetValue(listener.Local, out HalfOpenQueue? queue))
            {
                queue.Listeners.Add(listener);
            }
        }

        return [.. queues.Values.OrderByDescending(static queue => queue.Share)];
    }

    public IEnumerable<Culprit> Culprits(CaseFile facts) =>
    [
        new Culprit(CulpritKind.Listener, local.ToString(), $"{Waiting:N0} half-open of {Limit:N0}"),
        .. Listeners.SelectMany(listener => facts.Seen.Now.Sockets.HoldersOf(listener.Socket)).Distinct().Take(Culprit.Few).Select(holder => facts.CulpritOf(holder)),
    ];

    private void Add(CaseFile facts, in SocketRecord socket)
    {
        Count++;
        Remotes.Add(socket.Entry.Remote.Address);
        MostRepeats = Math.Max(MostRepeats, socket.Entry.TimerRetransmits);
        if (socket.Entry.TimerRetransmits > 0)
        {
            Repeated++;
        }
        else if (socket.Entry.TimerMilliseconds > FirstTimeoutMilliseconds
            || (facts.Seen.Elapsed.TotalMilliseconds > FirstTimeoutMilliseconds && facts.TryEarlier(in socket, out SocketRecord _)))
        {
            Deferred++;
        }
    }
}
