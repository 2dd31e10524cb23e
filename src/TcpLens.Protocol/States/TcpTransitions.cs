using static TcpLens.Protocol.LinuxSupport;
using static TcpLens.Protocol.TcpEvent;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Protocol;

/// <summary>
/// The one table: every transition of RFC 9293 §3.3.2 (figure 5 with its three notes) and §3.10. It has no effects; whoever
/// follows it decides what to send. Aborts lead to CLOSED as §3.10.5 has them, not to TIME-WAIT as note 3 of the figure says.
/// </summary>
public static class TcpTransitions
{
    private const int Events = (int)TwoMslTimeout + 1;
    private const int States = (int)Closing + 1;

    private const string HowToAbort = "An abort is a close with SO_LINGER 0, unread data, or SOCK_DESTROY (ss -K).";
    private const string OrphanRetries = "An orphan gives up after tcp_orphan_retries, a held socket after tcp_retries2 or TCP_USER_TIMEOUT.";
    private const string MiniSocketReset = "No program holds the mini-socket, so none can abort it; only SOCK_DESTROY (ss -K) ends it by hand.";

    private static readonly TcpTransition[] Rows =
    [
        new(Closed, PassiveOpen, Listen, "3.10.1"),
        new(Closed, ActiveOpen, SynSent, "3.10.1"),

        new(Listen, Syn, SynReceived, "3.10.7.2", Linux: Different,
            LinuxNote: "The listener stays in LISTEN; a request socket (NEW_SYN_RECV) of its own stands for the handshake."),
        new(Listen, ActiveOpen, SynSent, "3.10.1", "listener turns caller", Never, "connect() on a listening socket fails with EISCONN."),
        new(Listen, Send, SynSent, "3.10.2", "listener turns caller", Never, "send() on a listening socket fails with EPIPE."),
        new(Listen, Close, Closed, "3.10.4"),
        new(Listen, Abort, Closed, "3.10.5", "abort"),

        new(SynSent, SynAck, Established, "3.10.7.3"),
        new(SynSent, Syn, SynReceived, "3.10.7.3", "simultaneous open"),
        new(SynSent, Close, Closed, "3.10.4"),
        new(SynSent, Abort, Closed, "3.10.5", "abort"),
        new(SynSent, Reset, Closed, "3.10.7.3", "connection refused"),
        new(SynSent, UserTimeout, Closed, "3.10.8", "connect timed out",
            LinuxNote: "After tcp_syn_retries and tcp_syn_linear_timeouts; an ICMP error ends it at once."),

        new(SynReceived, AckOfSyn, Established, "3.10.7.4", Linux: Different,
            LinuxNote: "The request socket becomes a child socket that waits in the accept queue."),
        new(SynReceived, SynAck, Established, "3.5", "simultaneous open completes"),
        new(SynReceived, ResetOfPassiveOpen, Listen, "3.10.7.4", "passive open reset", Different,
            "The listener never left LISTEN; the request socket is freed and EmbryonicRsts counts it."),
        new(SynReceived, SynOfPassiveOpen, Listen, "3.10.7.4", "passive open restarted", Different,
            "The listener never left LISTEN; the request socket is freed and EmbryonicRsts counts it."),
        new(SynReceived, Close, FinWait1, "3.10.4", "close before the handshake ends", Different,
            "Only a socket that a process can hold in SYN-RECEIVED does this: simultaneous open, or a TCP Fast Open child."),
        new(SynReceived, Fin, CloseWait, "3.10.7.4", "FIN before the handshake ends", Different,
            "It passes through ESTABLISHED while it handles the same segment."),
        new(SynReceived, Abort, Closed, "3.10.5", "abort", Different,
            "A request socket goes when its listener is closed; only a simultaneous open or a TCP Fast Open child has an owner who can abort it."),
        new(SynReceived, Reset, Closed, "3.10.7.4", "connection reset"),
        new(SynReceived, UserTimeout, Closed, "3.10.8", "handshake timed out", Different,
            "The request socket is dropped in silence after tcp_synack_retries."),

        new(Established, Close, FinWait1, "3.10.4"),
        new(Established, Fin, CloseWait, "3.10.7.4"),
        new(Established, Abort, Closed, "3.10.5", "abort", LinuxNote: HowToAbort),
        new(Established, Reset, Closed, "3.10.7.4", "connection reset"),
        new(Established, UserTimeout, Closed, "3.10.8", "connection timed out",
            LinuxNote: "After tcp_retries2 or TCP_USER_TIMEOUT with data unacknowledged, or when keepalive probes stay unanswered."),

        new(FinWait1, AckOfFin, FinWait2, "3.10.7.4"),
        new(FinWait1, Fin, Closing, "3.10.7.4", "simultaneous close"),
        new(FinWait1, FinAckOfFin, TimeWait, "3.10.7.4", "three-segment close", Different,
            "It passes through FIN-WAIT-2 while it handles the same segment."),
        new(FinWait1, Abort, Closed, "3.10.5", "abort", LinuxNote: HowToAbort),
        new(FinWait1, Reset, Closed, "3.10.7.4", "connection reset"),
        new(FinWait1, UserTimeout, Closed, "3.10.8", "connection timed out", LinuxNote: OrphanRetries),

        new(FinWait2, Fin, TimeWait, "3.10.7.4"),
        new(FinWait2, Abort, Closed, "3.10.5", "abort", LinuxNote: HowToAbort),
        new(FinWait2, Reset, Closed, "3.10.7.4", "connection reset"),
        new(FinWait2, UserTimeout, Closed, "3.10.8", "connection timed out", Different,
            "Only an orphan is ended, by tcp_fin_timeout; a socket that a process still holds waits for ever."),

        new(TimeWait, TwoMslTimeout, Closed, "3.10.8", LinuxNote: "60 s, fixed when the kernel is compiled; segments that stray in restart it."),
        new(TimeWait, NewSyn, SynReceived, "3.10.7.4", "reopened by a new SYN", Different,
            "The mini-socket is replaced by a request socket of the listener, past the limits of its SYN queue."),
        new(TimeWait, Abort, Closed, "3.10.5", "abort", Different, MiniSocketReset),
        new(TimeWait, Reset, Closed, "3.10.7.4", "TIME-WAIT assassination", LinuxNote: "Refused when tcp_rfc1337 is 1."),

        new(CloseWait, Close, LastAck, "3.10.4"),
        new(CloseWait, Abort, Closed, "3.10.5", "abort", LinuxNote: HowToAbort),
        new(CloseWait, Reset, Closed, "3.10.7.4", "connection reset", LinuxNote: "The next write gives EPIPE, not ECONNRESET."),
        new(CloseWait, UserTimeout, Closed, "3.10.8", "connection timed out",
            LinuxNote: "Only when sent data stays unacknowledged or keepalive fails: no timer ends CLOSE-WAIT itself."),

        new(LastAck, AckOfFin, Closed, "3.10.7.4"),
        new(LastAck, Abort, Closed, "3.10.5", "abort"),
        new(LastAck, Reset, Closed, "3.10.7.4", "connection reset"),
        new(LastAck, UserTimeout, Closed, "3.10.8", "connection timed out", LinuxNote: OrphanRetries),

        new(Closing, AckOfFin, TimeWait, "3.10.7.4", "simultaneous close completes"),
        new(Closing, Abort, Closed, "3.10.5", "abort"),
        new(Closing, Reset, Closed, "3.10.7.4", "connection reset"),
        new(Closing, UserTimeout, Closed, "3.10.8", "connection timed out", LinuxNote: OrphanRetries),
    ];

    private static readonly byte[] NextState = Index();

    /// <summary>Every transition, each state's together.</summary>
    public static IReadOnlyList<TcpTransition> All => Rows;

    /// <summary>
    /// The state that follows; null when the event does not move the state: it is ignored there, an error to the caller, or handled
    /// without a move. Numbers that name no state or event move nothing either.
    /// </summary>
    public static TcpState? Next(TcpState state, TcpEvent @event)
    {
        if ((uint)state >= States || (uint)@event >= Events)
        {
            return null;
        }

        byte next = NextState[((int)state * Events) + (int)@event];
        return next == 0 ? null : (TcpState)next;
    }

    public static IEnumerable<TcpTransition> From(TcpState state) => Rows.Where(row => row.From == state);

    public static IEnumerable<TcpTransition> Into(TcpState state) => Rows.Where(row => row.To == state);

    public static IEnumerable<TcpTransition> Between(TcpState from, TcpState to) => Rows.Where(row => row.From == from && row.To == to);

    /// <summary>True when some event leads from one state to the other.</summary>
    public static bool HasPair(TcpState from, TcpState to) => Array.Exists(Rows, row => row.From == from && row.To == to);

    private static byte[] Index()
    {
        byte[] index = new byte[States * Events];
        foreach (TcpTransition row in Rows)
        {
            index[((int)row.From * Events) + (int)row.Event] = (byte)row.To;
        }

        return index;
    }
}
