using System.Text;

namespace TcpLens.Protocol;

/// <summary>The spellings of the states that are in use.</summary>
public enum StateSpelling : byte
{
    /// <summary>RFC 9293: SYN-RECEIVED.</summary>
    Rfc,

    /// <summary>What ss shows: SYN-RECV, ESTAB, UNCONN.</summary>
    Ss,

    /// <summary>What ss accepts in a filter: syn-recv, established, closed, listening.</summary>
    SsFilter,

    /// <summary>netstat, bcc, lsof: SYN_RECV, FIN_WAIT1, CLOSE.</summary>
    Netstat,

    /// <summary>The number in /proc/net/tcp: 0A.</summary>
    ProcHex,

    /// <summary>The same number in decimal: 10.</summary>
    Decimal,

    /// <summary>The kernel's tracepoints: TCP_SYN_RECV.</summary>
    Tracepoint,

    /// <summary>node_exporter's label, and TcpLens's own JSON: syn_recv.</summary>
    Snake,

    /// <summary>Windows, as TCPView shows them: SYN_RCVD, LISTENING.</summary>
    TcpView,
}

/// <summary>
/// The names of the states. Reading takes every spelling above and the variants met in logs and articles, in any case, with
/// '-', '_', blanks or nothing between the words, and allocates nothing.
/// </summary>
public static class TcpStateNames
{
    /// <summary>The longest spelling worth reading; "TCP_NEW_SYN_RECV" and the like stay well below.</summary>
    private const int MaxLength = 24;

    public static string Name(this TcpState state, StateSpelling spelling) => Encoding.UTF8.GetString(Utf8Name(state, spelling));

    /// <summary>The name as a constant of the program: no allocation, no copy. "?" for a number that is no state.</summary>
    public static ReadOnlySpan<byte> Utf8Name(TcpState state, StateSpelling spelling) => spelling switch
    {
        StateSpelling.Rfc => Rfc(state),
        StateSpelling.Ss => Ss(state),
        StateSpelling.SsFilter => SsFilter(state),
        StateSpelling.Netstat => Tracepoint(state) is [_, _, _, _, .. var name] ? name : Tracepoint(state),
        StateSpelling.ProcHex => ProcHex(state),
        StateSpelling.Decimal => ProcHex(state) switch
        {
            [.., (byte)'A'] => "10"u8,
            [.., (byte)'B'] => "11"u8,
            [.., var digit] => ProcHex(state)[^1..],
            _ => "?"u8,
        },
        StateSpelling.Tracepoint => Tracepoint(state),
        StateSpelling.Snake => Snake(state),
        StateSpelling.TcpView => TcpView(state),
    };

    public static bool TryParse(ReadOnlySpan<char> text, out TcpState state)
    {
        Span<char> folded = stackalloc char[MaxLength];
        int length = 0;
        foreach (char letter in text)
        {
            if (!Fold(letter, folded, ref length))
            {
                state = default;
                return false;
            }
        }

        return TryParseFolded(folded[..length], out state);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out TcpState)"/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TcpState state)
    {
        Span<char> folded = stackalloc char[MaxLength];
        int length = 0;
        foreach (byte letter in utf8)
        {
            if (!Fold((char)letter, folded, ref length))
            {
                state = default;
                return false;
            }
        }

        return TryParseFolded(folded[..length], out state);
    }

    /// <summary>Lower case, without what stands between words; false when the name is too long to be one.</summary>
    private static bool Fold(char letter, Span<char> folded, ref int length)
    {
        if (letter is '-' or '_' or ' ')
        {
            return true;
        }

        if (length == folded.Length)
        {
            return false;
        }

        folded[length++] = letter is >= 'A' and <= 'Z' ? (char)(letter | 0x20) : letter;
        return true;
    }

    private static bool TryParseFolded(ReadOnlySpan<char> name, out TcpState state)
    {
        // "TCP_LISTEN" but not "tcp6", which is no state but a column of netstat.
        state = (name.Length > "tcp".Length + 2 && name.StartsWith("tcp") ? name[3..] : name) switch
        {
            "established" or "estab" or "establish" or "1" or "01" or "0x1" or "0x01" => TcpState.Established,
            "synsent" or "synsend" or "2" or "02" or "0x2" or "0x02" => TcpState.SynSent,
            "synreceived" or "synrecv" or "synrcvd" or "synrcv" or "syncrecv" or "newsynrecv" or "3" or "03" or "0x3" or "0x03" or "12" or "0c" or "0x0c"
                => TcpState.SynReceived,
            "finwait1" or "4" or "04" or "0x4" or "0x04" => TcpState.FinWait1,
            "finwait2" or "5" or "05" or "0x5" or "0x05" => TcpState.FinWait2,
            "timewait" or "timedwait" or "2mslwait" or "6" or "06" or "0x6" or "0x06" => TcpState.TimeWait,
            "closed" or "close" or "unconn" or "unconnected" or "deletetcb" or "7" or "07" or "0x7" or "0x07" => TcpState.Closed,
            "closewait" or "waitclose" or "8" or "08" or "0x8" or "0x08" => TcpState.CloseWait,
            "lastack" or "9" or "09" or "0x9" or "0x09" => TcpState.LastAck,
            "listen" or "listening" or "10" or "a" or "0a" or "0xa" or "0x0a" => TcpState.Listen,
            "closing" or "11" or "b" or "0b" or "0xb" or "0x0b" => TcpState.Closing,
            _ => default,
        };
        return state != default;
    }

    private static ReadOnlySpan<byte> Rfc(TcpState state) => state switch
    {
        TcpState.Established => "ESTABLISHED"u8,
        TcpState.SynReceived => "SYN-RECEIVED"u8,
        TcpState.Closed => "CLOSED"u8,
        _ => Ss(state),
    };

    private static ReadOnlySpan<byte> Ss(TcpState state) => state switch
    {
        TcpState.Established => "ESTAB"u8,
        TcpState.SynSent => "SYN-SENT"u8,
        TcpState.SynReceived => "SYN-RECV"u8,
        TcpState.FinWait1 => "FIN-WAIT-1"u8,
        TcpState.FinWait2 => "FIN-WAIT-2"u8,
        TcpState.TimeWait => "TIME-WAIT"u8,
        TcpState.Closed => "UNCONN"u8,
        TcpState.CloseWait => "CLOSE-WAIT"u8,
        TcpState.LastAck => "LAST-ACK"u8,
        TcpState.Listen => "LISTEN"u8,
        TcpState.Closing => "CLOSING"u8,
        _ => "?"u8,
    };

    private static ReadOnlySpan<byte> SsFilter(TcpState state) => state switch
    {
        TcpState.Established => "established"u8,
        TcpState.SynSent => "syn-sent"u8,
        TcpState.SynReceived => "syn-recv"u8,
        TcpState.FinWait1 => "fin-wait-1"u8,
        TcpState.FinWait2 => "fin-wait-2"u8,
        TcpState.TimeWait => "time-wait"u8,
        TcpState.Closed => "closed"u8,
        TcpState.CloseWait => "close-wait"u8,
        TcpState.LastAck => "last-ack"u8,
        TcpState.Listen => "listening"u8,
        TcpState.Closing => "closing"u8,
        _ => "?"u8,
    };

    private static ReadOnlySpan<byte> ProcHex(TcpState state) => state switch
    {
        TcpState.Established => "01"u8,
        TcpState.SynSent => "02"u8,
        TcpState.SynReceived => "03"u8,
        TcpState.FinWait1 => "04"u8,
        TcpState.FinWait2 => "05"u8,
        TcpState.TimeWait => "06"u8,
        TcpState.Closed => "07"u8,
        TcpState.CloseWait => "08"u8,
        TcpState.LastAck => "09"u8,
        TcpState.Listen => "0A"u8,
        TcpState.Closing => "0B"u8,
        _ => "?"u8,
    };

    private static ReadOnlySpan<byte> Tracepoint(TcpState state) => state switch
    {
        TcpState.Established => "TCP_ESTABLISHED"u8,
        TcpState.SynSent => "TCP_SYN_SENT"u8,
        TcpState.SynReceived => "TCP_SYN_RECV"u8,
        TcpState.FinWait1 => "TCP_FIN_WAIT1"u8,
        TcpState.FinWait2 => "TCP_FIN_WAIT2"u8,
        TcpState.TimeWait => "TCP_TIME_WAIT"u8,
        TcpState.Closed => "TCP_CLOSE"u8,
        TcpState.CloseWait => "TCP_CLOSE_WAIT"u8,
        TcpState.LastAck => "TCP_LAST_ACK"u8,
        TcpState.Listen => "TCP_LISTEN"u8,
        TcpState.Closing => "TCP_CLOSING"u8,
        _ => "?"u8,
    };

    private static ReadOnlySpan<byte> Snake(TcpState state) => state switch
    {
        TcpState.Established => "established"u8,
        TcpState.SynSent => "syn_sent"u8,
        TcpState.SynReceived => "syn_recv"u8,
        TcpState.FinWait1 => "fin_wait1"u8,
        TcpState.FinWait2 => "fin_wait2"u8,
        TcpState.TimeWait => "time_wait"u8,
        TcpState.Closed => "close"u8,
        TcpState.CloseWait => "close_wait"u8,
        TcpState.LastAck => "last_ack"u8,
        TcpState.Listen => "listen"u8,
        TcpState.Closing => "closing"u8,
        _ => "?"u8,
    };

    private static ReadOnlySpan<byte> TcpView(TcpState state) => state switch
    {
        TcpState.SynReceived => "SYN_RCVD"u8,
        TcpState.Closed => "CLOSED"u8,
        TcpState.Listen => "LISTENING"u8,
        _ => Utf8Name(state, StateSpelling.Netstat),
    };
}
