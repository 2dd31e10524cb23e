using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Diagnosis;

/// <summary>
/// What a change to CLOSED means, from the state before, the socket's error and the marks. The kernel sets the error before the state when
/// the network or a timer ends a connection (tcp_done_with_error, net/ipv4/tcp_input.c), and after it, or not at all, when a process does
/// (tcp_disconnect and __tcp_close, net/ipv4/tcp.c). The error is looked at first: what arrives while a process has the socket locked is
/// handled in that process's name. Seen on Linux 6.18.
/// </summary>
internal static class SocketEnd
{
    public static ClosingKind KindOf(in TraceRecord record)
    {
        if (record.Has(TraceMarks.Destroyed) || record.Errno == SocketErrors.ConnectionAborted)
        {
            return ClosingKind.Destroyed;
        }

        return record.Errno switch
        {
            SocketErrors.ConnectionRefused when record.From == SynSent => ClosingKind.Refused,
            SocketErrors.ConnectionReset when record.From is FinWait1 or FinWait2 && record.Has(TraceMarks.Orphan) => ClosingKind.Reset,
            SocketErrors.ConnectionReset or SocketErrors.BrokenPipe => ClosingKind.ResetByPeer,
            SocketErrors.TimedOut => OfTimeout(in record),
            ushort errno when SocketErrors.IsOfNetwork(errno) => ClosingKind.Unreachable,
            _ => WithoutError(in record),
        };
    }

    private static ClosingKind OfTimeout(in TraceRecord record)
    {
        if (record.From is SynSent or SynReceived)
        {
            return ClosingKind.TimedOut;
        }

        // Keep-alive does not run while anything is unacknowledged or unsent (tcp_keepalive_timer).
        if (record.Has(TraceMarks.NothingInFlight))
        {
            return ClosingKind.KeepAliveDied;
        }

        return record.Has(TraceMarks.PeerWindowClosed) ? ClosingKind.WindowStayedClosed : ClosingKind.TimedOut;
    }

    private static ClosingKind WithoutError(in TraceRecord record) => record.From switch
    {
        Listen => ClosingKind.ListenerClosed,
        SynSent when record.LocalPort == 0 => ClosingKind.NoLocalPort,
        SynSent when IsOurs(in record) => ClosingKind.ConnectGivenUp,
        SynReceived or Established or CloseWait => Abandoned(in record),
        FinWait1 or TcpState.Closing or LastAck => WhileClosing(in record),
        FinWait2 => InFinWait2(in record),
        TimeWait => ClosingKind.Active,
        _ => ClosingKind.Unknown,
    };

    /// <summary>
    /// Children in an accept queue are reset when the listener closes, in the name of nobody: no process has ever had them, and they have
    /// sent nothing (inet_csk_listen_stop, net/ipv4/inet_connection_sock.c).
    /// </summary>
    private static ClosingKind Abandoned(in TraceRecord record)
    {
        if (IsOurs(in record))
        {
            return ClosingKind.ResetByUs;
        }

        return record.Inode == 0 && record.Has(TraceMarks.NothingInFlight) ? ClosingKind.NeverAccepted : ClosingKind.Unknown;
    }

    private static ClosingKind WhileClosing(in TraceRecord record)
    {
        bool isOrphan = record.Has(TraceMarks.Orphan);
        if (IsOurs(in record) && !isOrphan && (record.From == FinWait1 || record.Has(TraceMarks.LingersNot)))
        {
            return ClosingKind.ResetByUs;
        }

        // With its FIN still on the way nothing but a limit ends an orphan without an error (tcp_out_of_resources).
        bool isFinAcknowledged = record.Has(TraceMarks.NothingInFlight);
        if (isOrphan && !isFinAcknowledged)
        {
            return ClosingKind.OutOfResources;
        }

        return record.From switch
        {
            LastAck => ClosingKind.Passive,
            TcpState.Closing when isFinAcknowledged => ClosingKind.TimeWaitRefused,
            _ => ClosingKind.Unknown,
        };
    }

    private static ClosingKind InFinWait2(in TraceRecord record)
    {
        if (record.Has(TraceMarks.MiniSocket))
        {
            return ClosingKind.FinWait2TimedOut;
        }

        if (record.Has(TraceMarks.Orphan))
        {
            return ClosingKind.FinWait2CutShort;
        }

        if (IsOurs(in record))
        {
            return ClosingKind.ResetByUs;
        }

        return record.Has(TraceMarks.NothingInFlight) ? ClosingKind.TimeWaitRefused : ClosingKind.Unknown;
    }

    /// <summary>A process closed it, or a thread of the kernel that has sockets of its own (NFS).</summary>
    private static bool IsOurs(in TraceRecord record) => record.Has(TraceMarks.ByProcess) || record.Has(TraceMarks.ByKernel);
}
