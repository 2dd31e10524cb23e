using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TcpLens.Linux.Interop;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Makes trace records of what perf's rings hold, one after the other in the order of time. What a tracepoint leaves out and an earlier
/// event told is added: since when a socket was in its state, who uses it, what became of it before. Allocates nothing.
/// </summary>
internal sealed class PerfTranslator
{
    /// <summary>The most that one record of perf becomes: a change, and the end of a life.</summary>
    public const int MostOctets = (2 * (TraceBatch.HeadLength + TraceRecord.Length)) + LifeTail.Length;

    private const ulong SameMoment = 1_000_000;   // Nanoseconds.
    private const int EtherV4 = 0x0800;
    private const int EtherV6 = 0x86dd;

    private readonly PerfPlan _plan;
    private readonly PerfTracepoint[] _tracepoints;
    private readonly bool[] _isReasonOfTcp;
    private readonly TaskNames _tasks;
    private readonly RememberedSockets _sockets = new();
    private readonly StateFollower _follower;
    private TraceRecord _lastError;

    public PerfTranslator(PerfPlan plan, TaskNames tasks)
    {
        _tasks = tasks;
        _plan = plan;
        _tracepoints = [.. plan.Tracepoints];
        _isReasonOfTcp = [.. plan.Names.DropReasons.Select(PerfPlan.IsReasonOfTcp)];
        _follower = new StateFollower(_sockets, _tasks);
    }

    /// <summary>Sockets whose past was forgotten to make room for others.</summary>
    public ulong Forgotten => _sockets.Forgotten;

    /// <summary>Writes what a record tells, and returns how many octets that took.</summary>
    /// <param name="current">The record.</param>
    /// <param name="following">What the same processor wrote next; the empty one when that is not known.</param>
    /// <param name="octets">Room for <see cref="MostOctets"/>.</param>
    public int Translate(in PerfRecord current, in PerfRecord following, Span<byte> octets)
    {
        switch (current.Type)
        {
            case PerfRecordType.Sample when Find(current.Raw) is { } tracepoint:
                TraceRecord record = Read(tracepoint, current);
                return record.Kind == TraceKind.StateChange
                    ? TranslateChange(tracepoint, ref record, current, following, octets)
                    : TranslateEvent(tracepoint, ref record, current.Raw, octets);
            case PerfRecordType.TaskRenamed when current.Subject > 0:
                _tasks.Rename(current.Subject, current.Name, current.IsExec);
                return 0;
            case PerfRecordType.TaskBegan when current.Subject > 0:
                _tasks.Begin(current.Subject, current.Parent);
                return 0;
            default:
                return 0;
        }
    }

    /// <summary>A tracepoint's own record begins with its number.</summary>
    private PerfTracepoint? Find(ReadOnlySpan<byte> raw)
    {
        int id = raw.Length < 2 ? -1 : BinaryPrimitives.ReadUInt16LittleEndian(raw);
        foreach (PerfTracepoint tracepoint in _tracepoints)
        {
            if (tracepoint.Format.Id == id)
            {
                return tracepoint;
            }
        }

        return null;
    }

    private static TraceRecord Read(PerfTracepoint tracepoint, in PerfRecord sample)
    {
        ReadOnlySpan<byte> raw = sample.Raw;
        TraceRecord record = new()
        {
            AtNanoseconds = sample.Time,
            Kind = tracepoint.Kind,
            Socket = tracepoint.Reader.Socket(raw),
            Cookie = tracepoint.Reader.Cookie(raw),
            From = tracepoint.Reader.State(raw),
            Reason = tracepoint.Reader.Reason(raw),
            Errno = tracepoint.Reader.Errno(raw),
        };
        tracepoint.Reader.ReadEnds(raw, ref record);
        return record;
    }

    private int TranslateChange(PerfTracepoint tracepoint, ref TraceRecord change, in PerfRecord current, in PerfRecord following, Span<byte> octets)
    {
        ReadOnlySpan<byte> raw = current.Raw;
        if (tracepoint.Reader.Protocol(raw) != Libc.IPPROTO_TCP)
        {
            return 0;
        }

        if (!_plan.Filter.Allows(change))
        {
            _sockets.Forget(change.Socket);   // It was let through while it had no port.
            return 0;
        }

        change.From = tracepoint.Reader.OldState(raw);
        change.To = tracepoint.Reader.NewState(raw);
        if (change.To == TcpState.Closed)
        {
            change.Errno = ErrnoBeside(change, following);
            change.To = change.From is TcpState.FinWait2 or TcpState.Closing && change.Errno == 0 ? TcpState.TimeWait : TcpState.Closed;
        }

        bool isTold = _follower.Follow(ref change, current.Pid, out RememberedSocket past);
        if (!_plan.SeesEnds && change.From == TcpState.SynSent)
        {
            _sockets.Forget(change.Socket);
        }

        return isTold ? Write(change, past, octets) : 0;
    }

    private int Write(in TraceRecord change, in RememberedSocket past, Span<byte> octets)
    {
        int length = IsWanted(change) ? TraceBatch.Write(octets, change) : 0;
        bool ends = change.To is TcpState.Closed or TcpState.TimeWait && change.From is not (TcpState.Closed or TcpState.Listen);
        if (ends && _plan.Wants(TraceTopics.Lives))
        {
            TraceRecord end = change with { Kind = TraceKind.LifeEnded, SinceNanoseconds = past.BornNanoseconds };
            length += TraceBatch.Write(octets[length..], end, new LifeTail
            {
                EstablishedNanoseconds = past.EstablishedNanoseconds,
                Path = past.Path,
                Retransmits = past.Retransmits,
            });
        }

        return length;
    }

    /// <summary>A birth is told with the change after it, so both may be meant.</summary>
    private bool IsWanted(in TraceRecord change)
    {
        TraceRequest request = _plan.Request;
        return (_plan.Wants(TraceTopics.Connects) && change.From == TcpState.SynSent)
            || (_plan.Wants(TraceTopics.StateChanges) && request.From.Contains(change.From) && request.To.Contains(change.To))
            || (_plan.Wants(TraceTopics.StateChanges) && change.Has(TraceMarks.Born)
                && request.From.Contains(TcpState.Listen) && request.To.Contains(TcpState.SynReceived));
    }

    /// <summary>
    /// The tracepoint does not tell sk_err. But where a process holds the socket the kernel reports the error to it in the same breath:
    /// right after the change to CLOSE since Linux 6.10 (tcp_done_with_error), before it in some cases of older ones.
    /// </summary>
    private ushort ErrnoBeside(in TraceRecord change, in PerfRecord following)
    {
        if (Find(following.Raw) is { Kind: TraceKind.ErrorReported } tracepoint && Read(tracepoint, following) is var after && HaveSameEnds(after, change))
        {
            return after.Errno;
        }

        return HaveSameEnds(_lastError, change) && change.AtNanoseconds - _lastError.AtNanoseconds < SameMoment ? _lastError.Errno : (ushort)0;
    }

    private static bool HaveSameEnds(in TraceRecord left, in TraceRecord right)
        => left.LocalPort == right.LocalPort && left.RemotePort == right.RemotePort
            && left.LocalAddress == right.LocalAddress && left.RemoteAddress == right.RemoteAddress;

    private int TranslateEvent(PerfTracepoint tracepoint, ref TraceRecord record, ReadOnlySpan<byte> raw, Span<byte> octets)
    {
        ref RememberedSocket socket = ref _sockets.Find(record.Socket);
        bool isKnown = !Unsafe.IsNullRef(ref socket);
        switch (record.Kind)
        {
            case TraceKind.ErrorReported when tracepoint.Reader.Protocol(raw) != Libc.IPPROTO_TCP || record.Errno == 0:
                return 0;
            case TraceKind.ErrorReported:
                _lastError = record;
                break;
            case TraceKind.SegmentDropped when !isKnown && !(record.Reason < (uint)_isReasonOfTcp.Length && _isReasonOfTcp[record.Reason]):
                return 0;   // Perhaps not of TCP.
            case TraceKind.SegmentDropped:
                record.Family = tracepoint.Reader.Protocol(raw) switch { EtherV4 => IpFamily.V4, EtherV6 => IpFamily.V6, _ => default };
                break;
            case TraceKind.SynAckRetransmitted:
                (record.From, record.Socket) = (TcpState.SynReceived, tracepoint.Reader.Request(raw));   // The owner is the listener's.
                break;
            case TraceKind.BadChecksum:
                (record.LocalAddress, record.RemoteAddress) = (record.RemoteAddress, record.LocalAddress);   // It tells the sender first.
                (record.LocalPort, record.RemotePort) = (record.RemotePort, record.LocalPort);
                break;
        }

        if (isKnown)
        {
            Recall(ref socket, ref record);
        }

        return tracepoint.IsTold && _plan.Filter.Allows(record) ? TraceBatch.Write(octets, record) : 0;
    }

    private void Recall(ref RememberedSocket socket, ref TraceRecord record)
    {
        (record.Pid, record.Command) = (socket.Pid, socket.Command);
        if (record.Kind == TraceKind.Retransmitted)
        {
            socket.Retransmits += socket.Retransmits < ushort.MaxValue ? (ushort)1 : (ushort)0;
        }

        if (record.Kind == TraceKind.SegmentDropped)
        {
            (record.LocalAddress, record.LocalPort) = (socket.LocalAddress, socket.LocalPort);
            (record.RemoteAddress, record.RemotePort) = (socket.RemoteAddress, socket.RemotePort);
        }

        if (_plan.FollowsStates && record.Kind != TraceKind.SynAckRetransmitted)
        {
            record.From = record.From == default ? socket.State : record.From;
            record.SinceNanoseconds = record.From == socket.State ? socket.SinceNanoseconds : 0;
        }
    }
}
