using TcpLens.Observation;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Diagnosis;

/// <summary>Why a socket went to CLOSED, in the words of one line of a trace.</summary>
internal static class EndReasons
{
    private static readonly string?[] Unreachable = new string?[ErrnoCatalog.Last + 1];
    private static readonly string?[] SoftErrors = new string?[ErrnoCatalog.Last + 1];

    /// <summary>Null when that is how such a state ends.</summary>
    public static string? Of(in TraceRecord record) => SocketEnd.KindOf(in record) switch
    {
        ClosingKind.Active or ClosingKind.Passive or ClosingKind.Simultaneous or ClosingKind.HalfClosed or ClosingKind.ListenerClosed => null,
        ClosingKind.FinWait2TimedOut => "the peer's FIN never came (tcp_fin_timeout)",
        ClosingKind.FinWait2CutShort => "cut short: data after close(), TCP_LINGER2 below 0, or no room for TIME_WAIT",
        ClosingKind.TimeWaitRefused => "no room for TIME_WAIT (tcp_max_tw_buckets, memory)",
        ClosingKind.ResetByPeer => record.Errno == SocketErrors.BrokenPipe ? "reset by peer (EPIPE)" : "reset by peer (ECONNRESET)",
        ClosingKind.ResetByUs => record.Has(TraceMarks.LingersNot) ? "we reset: close() with SO_LINGER 0" : "we reset: closed with unread data",
        ClosingKind.Reset => "reset by peer, or by us for data after close() (ECONNRESET)",
        ClosingKind.NeverAccepted => record.From == SynReceived ? "dropped before accept(): listener closed, or no memory" : "we reset: listener closed before accept()",
        ClosingKind.Refused => "refused (ECONNREFUSED)",
        ClosingKind.TimedOut => OfTimeout(in record),
        ClosingKind.WindowStayedClosed => "timed out: peer's window stayed closed (ETIMEDOUT)",
        ClosingKind.KeepAliveDied => "keep-alive unanswered (ETIMEDOUT)",
        ClosingKind.Unreachable => OfNetwork(in record),
        ClosingKind.NoLocalPort => "no free local port (EADDRNOTAVAIL)",
        ClosingKind.ConnectGivenUp => "connect() given up by the process",
        ClosingKind.Destroyed => OfDestroyer(in record),
        ClosingKind.OutOfResources => "we reset: too many orphans, or out of memory (tcp_max_orphans, tcp_mem)",
        ClosingKind.Unknown => OfUnknown(in record),
    };

    /// <summary>The early end of a TIME-WAIT, or of the FIN-WAIT-2 of an orphan; which of the causes it was no event tells.</summary>
    public static string OfCancelled(in TraceRecord record)
    {
        if (record.Has(TraceMarks.Destroyed))
        {
            return OfDestroyer(in record);
        }

        return record.From == FinWait2
            ? "FIN_WAIT2 ended early: RST, or data after close()"
            : "TIME_WAIT ended early: new SYN, reused by connect(), or RST";
    }

    private static string OfTimeout(in TraceRecord record) => record.From switch
    {
        SynSent => "timed out: no answer to SYN (ETIMEDOUT)",
        SynReceived => "timed out: no answer to SYN-ACK (ETIMEDOUT)",
        _ => "timed out: no answer to retransmissions (ETIMEDOUT)",
    };

    /// <summary>In SYN-SENT such an error ends connect() at once; later it is only kept, and shown when the connection times out.</summary>
    private static string OfNetwork(in TraceRecord record)
    {
        int errno = record.Errno;
        return record.From == SynSent
            ? Unreachable[errno] ??= $"unreachable ({NameOf(errno)})"
            : SoftErrors[errno] ??= $"timed out, after an ICMP error ({NameOf(errno)})";
    }

    private static string NameOf(int errno) => ErrnoCatalog.Of(errno)!.Name;

    private static string OfDestroyer(in TraceRecord record)
    {
        bool isKnown = record.Pid != 0 && (record.Has(TraceMarks.Destroyed) || record.Has(TraceMarks.ByProcess));
        return isKnown ? $"destroyed by {Printable(record.Command)}/{record.Pid} (SOCK_DESTROY)" : "destroyed (SOCK_DESTROY)";
    }

    private static string OfUnknown(in TraceRecord record) => record.From switch
    {
        Closed => "MPTCP",
        SynSent => "connect() failed, no reason recorded",
        _ => "aborted, no reason recorded",
    };

    /// <summary>A process chooses its own name; whatever could do something to a terminal becomes '?'.</summary>
    private static string Printable(TaskName name)
    {
        ReadOnlySpan<byte> octets = name.Octets;
        Span<char> letters = stackalloc char[TaskName.Length];
        for (int i = 0; i < octets.Length; i++)
        {
            letters[i] = octets[i] is >= 0x20 and < 0x7f ? (char)octets[i] : '?';
        }

        return new string(letters[..octets.Length]);
    }
}
