using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Every connection of a host: where it is found, what it waits for, whether it may have something to say. Whoever calls into a
/// connection tells it (<see cref="Touch"/>); what follows from its new state is decided here and nowhere else.
/// </summary>
internal sealed class ConnectionRegistry(TcpHostSettings settings, TcpCounters counters, HostSecrets secrets, HostAddresses addresses)
{
    /// <summary>What one packet of a device that segments may hold: IP counts its octets in 16 bits.</summary>
    private const int LargestBurst = ushort.MaxValue - OutgoingPacket.MaxHeaders;

    private const ushort DefaultSegmentSizeV4 = 536;
    private const ushort DefaultSegmentSizeV6 = 1220;

    public ConnectionTable Table { get; } = new(secrets.Tables);

    public TimerHeap Timers { get; } = new();

    public TimeWaitTable TimeWaits { get; } = new(addresses, secrets.Tables, settings.Tcp.TimeWait, settings.MaxTimeWaits);

    public PathMtuCache Paths { get; } = new(settings.PathMtuAge, settings.MaxPaths);

    /// <summary>Connections that may have segments to send.</summary>
    public ConnectionQueue Output { get; } = new(QueueKind.Output);

    /// <summary>Connections that may have events, and whose program is there to hear them.</summary>
    public ConnectionQueue Events { get; } = new(QueueKind.Events);

    /// <summary>Listeners with something to accept.</summary>
    public Queue<HostListener> Acceptable { get; } = [];

    public BufferBudget Buffers { get; } = new(settings.MaxBuffers, counters);

    public int HalfOpen { get; private set; }

    public int Orphans { get; private set; }

    /// <summary>In ESTABLISHED or CLOSE-WAIT.</summary>
    public int Established { get; private set; }

    public bool IsFull => Table.Count >= settings.MaxConnections;

    /// <summary>A connection that nobody has opened yet, in the tables.</summary>
    public HostConnection Add(in FourTuple tuple, TcpSettings tcp, SeqNum initial, HostListener? listener, Instant now)
    {
        var connection = new HostConnection(this, new(tcp, StartOf(tuple, initial, now), counters), tuple, listener) { IsRegistered = true };
        Table.Add(connection);
        if (listener is not null)
        {
            listener.HalfOpen++;
            HalfOpen++;
        }

        return connection;
    }

    public ConnectionStart StartOf(in FourTuple tuple, SeqNum initial, Instant now) => new()
    {
        InitialSequence = initial,
        TimestampOffset = secrets.TimestampOffset(tuple),
        LinkSegmentSize = PathMtu.SegmentSize(settings.Mtu, tuple.IsV4),
        PathSegmentSize = PathMtu.SegmentSize(Paths.For(tuple.Remote.Address, settings.Mtu, now), tuple.IsV4),
        DefaultSegmentSize = tuple.IsV4 ? DefaultSegmentSizeV4 : DefaultSegmentSizeV6,
        MaximumBurst = settings.HasOffloads ? LargestBurst : 0,
    };

    /// <summary>Something was done to it: it may have moved, and have something to say.</summary>
    public void Touch(HostConnection connection)
    {
        Output.Join(connection);
        if (connection.Listener is null)
        {
            Events.Join(connection);
        }

        if (!connection.IsRegistered)
        {
            return;
        }

        Buffers.Count(connection);
        if (connection.CountedState != connection.Core.State)
        {
            OnMoved(connection);
        }
    }

    /// <summary>It has nothing to send for now.</summary>
    public void OnQuiet(HostConnection connection, Instant now)
    {
        if (connection.Core.State == TcpState.TimeWait && connection.Core.IsOrphan && connection.IsRegistered)
        {
            Shrink(connection, now);
        }
        else if (connection.IsRegistered)
        {
            Timers.Update(connection);
        }
    }

    /// <summary>
    /// A connection in TIME-WAIT is over before its time, because its host keeps a record instead, has no room for one, or lets a new
    /// connection have its numbers.
    /// </summary>
    public void EndTimeWait(HostConnection connection)
    {
        connection.Core.OnTimeout(Instant.Never);
        Touch(connection);
    }

    /// <summary>Out of the tables, whatever its state.</summary>
    public void Drop(HostConnection connection)
    {
        Count(connection, -1);
        Table.Remove(connection);
        Timers.Remove(connection);
        Buffers.Forget(connection);
        connection.IsRegistered = false;
        if (connection.IsHalfOpen)
        {
            LeaveHandshake(connection);
        }

        if (connection.IsCountedAsOrphan)
        {
            Orphans--;
        }
    }

    /// <summary>Its program has let it go. One more orphan than there may be is not waited for (Linux: tcp_max_orphans).</summary>
    public void LimitOrphans(HostConnection connection, Instant now)
    {
        if (!connection.IsRegistered || connection.IsCountedAsOrphan || connection.Core.State is TcpState.Closed or TcpState.TimeWait)
        {
            return;
        }

        if (Orphans >= settings.MaxOrphans)
        {
            counters.Add(TcpCounter.TCPAbortOnMemory);
            connection.Core.Abort(now);
            return;
        }

        connection.IsCountedAsOrphan = true;
        Orphans++;
    }

    private void OnMoved(HostConnection connection)
    {
        TcpState state = connection.Core.State;
        if (connection.IsHalfOpen && state == TcpState.Listen)
        {
            // Back to LISTEN: the listener is there already (RFC 9293 §3.10.7.4, second and fourth step).
            counters.Add(TcpCounter.EmbryonicRsts);
            Drop(connection);
            return;
        }

        if (state == TcpState.Closed)
        {
            Drop(connection);
            return;
        }

        Count(connection, -1);
        connection.CountedState = state;
        Count(connection, +1);
        if (connection.IsHalfOpen && state != TcpState.SynReceived)
        {
            FinishHandshake(connection);
        }
    }

    private void Count(HostConnection connection, int one)
        => Established += connection.CountedState is TcpState.Established or TcpState.CloseWait ? one : 0;

    private void FinishHandshake(HostConnection connection)
    {
        HostListener listener = connection.Listener!;
        LeaveHandshake(connection);
        counters.Add(TcpCounter.PassiveOpens);
        listener.Accepted.Join(connection);
        if (!listener.IsTold)
        {
            listener.IsTold = true;
            Acceptable.Enqueue(listener);
        }
    }

    private void LeaveHandshake(HostConnection connection)
    {
        connection.IsHalfOpen = false;
        connection.Listener!.HalfOpen--;
        HalfOpen--;
    }

    /// <summary>From a connection to a record (RFC 9293 §3.10.7.4 asks no more of TIME-WAIT than that holds).</summary>
    private void Shrink(HostConnection connection, Instant now)
    {
        FourTuple tuple = connection.Tuple;
        var record = new TimeWaitRecord(addresses.NumberOf(tuple.Local.Address), tuple, connection.Core.TimeWait, connection.Core.TimestampOffset);
        if (!TimeWaits.TryAdd(record, now))
        {
            counters.Add(TcpCounter.TCPTimeWaitOverflow);
        }

        EndTimeWait(connection);
    }
}
