using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Everything a host holds, line by line: listeners, connections, TIME-WAIT. Nothing is allocated. Nothing may happen to the host meanwhile.
/// </summary>
public struct HostWalk
{
    private readonly ConnectionRegistry _registry;
    private Dictionary<Endpoint, HostListener>.ValueCollection.Enumerator _listeners;
    private int _place = -1;
    private int _record;

    internal HostWalk(ConnectionRegistry registry, ListenerTable listeners)
    {
        _registry = registry;
        _listeners = listeners.All.GetEnumerator();
        _record = registry.TimeWaits.Oldest;
    }

    public HostEntry Current { get; private set; }

    public readonly HostWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_listeners.MoveNext())
        {
            Current = EntryOf(_listeners.Current);
            return true;
        }

        while (++_place < _registry.Table.Places)
        {
            if (_registry.Table.At(_place) is { } connection)
            {
                Current = EntryOf(connection);
                return true;
            }
        }

        return MoveToRecord();
    }

    private bool MoveToRecord()
    {
        if (_record == TimeWaitRecord.None)
        {
            return false;
        }

        TimeWaitRecord record = _registry.TimeWaits[_record];
        _record = record.Newer;
        FourTuple tuple = _registry.TimeWaits.TupleOf(record);
        Current = new()
        {
            Kind = HostEntryKind.TimeWait,
            State = TcpState.TimeWait,
            Local = tuple.Local,
            Remote = tuple.Remote,
            Timer = HostTimer.TimeWait,
            TimerAt = _registry.TimeWaits.ExpiryOf(record),
        };
        return true;
    }

    private static HostEntry EntryOf(HostListener listener) => new()
    {
        Kind = HostEntryKind.Listener,
        State = TcpState.Listen,
        Local = listener.Local,
        ReceiveQueue = listener.Waiting,
        SendQueue = listener.Options.Backlog,
        TimerAt = Instant.Never,
        Listener = listener,
    };

    private static HostEntry EntryOf(HostConnection connection)
    {
        ConnectionCore core = connection.Core.Memory;
        (HostTimer timer, Instant at, int retries) = RunningTimer.Of(core);
        return new()
        {
            Kind = connection.IsHalfOpen ? HostEntryKind.HalfOpen
                : connection.Listener is not null ? HostEntryKind.Unaccepted
                : core.IsOrphan ? HostEntryKind.Orphan
                : HostEntryKind.Held,
            State = core.State,
            Local = connection.Local,
            Remote = connection.Remote,
            ReceiveQueue = core.Receiver.Readable + (core.Receiver.HasFin && core.Receiver.Readable > 0 ? 1 : 0),
            SendQueue = core.Sender.Queued + (core.Sender.IsSynAcknowledged ? 0 : 1) + (core.Sender.IsFinQueued && !core.Sender.IsFinAcknowledged ? 1 : 0),
            Timer = timer,
            TimerAt = at,
            TimerRetries = retries,
            Connection = connection,
        };
    }
}
