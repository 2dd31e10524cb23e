using static TcpLens.Protocol.TcpState;

namespace TcpLens.Protocol;

/// <summary>Where a pair of states that a kernel reported comes from.</summary>
public enum StateChangeOrigin : byte
{
    /// <summary>Neither the RFC nor Linux as we know it: lost events, or news.</summary>
    Unknown,

    /// <summary>A row of <see cref="TcpTransitions"/>.</summary>
    Rfc,

    /// <summary>Not in the RFC; Linux's own bookkeeping.</summary>
    Linux,
}

/// <summary>A pair of states that Linux reports, with what it means there.</summary>
public sealed record LinuxStateChange(TcpState From, TcpState To, string Meaning);

/// <summary>
/// State changes as the tracepoint sock:inet_sock_set_state tells them. TIME-WAIT and request sockets are other objects to
/// Linux and never appear, so some pairs mean something else than in the RFC and some exist only here. All but CLOSING→CLOSING
/// and LAST_ACK→LAST_ACK (from tcp_close_state, net/ipv4/tcp.c) were seen on Linux 6.18; the event's protocol field tells TCP from MPTCP.
/// </summary>
public static class LinuxStateChanges
{
    private static readonly LinuxStateChange[] Rows =
    [
        new(Listen, SynReceived, "A child was made of a listener when the handshake ended; the listener itself stays."),
        new(FinWait2, Closed, "Handed over to a TIME-WAIT mini-socket, or an orphan's FIN-WAIT-2 to one; the 60 s do not show here."),
        new(Closing, Closed, "Handed over to a TIME-WAIT mini-socket."),
        new(SynSent, Closed, "connect() failed; with local port 0 it found no free port (EADDRNOTAVAIL) and sent nothing."),
        new(Closed, Closed, "MPTCP: a socket that never connected, or already ended, was closed."),
        new(Listen, Listen, "MPTCP: the listener below an MPTCP listener was set up."),
        new(Listen, Established, "MPTCP: a child was made of a listener, already connected."),
        new(FinWait1, FinWait1, "close() after shutdown(): the FIN was already sent."),
        new(FinWait2, FinWait2, "close() after shutdown(): the FIN was already acknowledged."),
        new(Closing, Closing, "close() after shutdown(): both FINs are on their way."),
        new(LastAck, LastAck, "close() after shutdown(): the last FIN was already sent."),
    ];

    public static IReadOnlyList<LinuxStateChange> All => Rows;

    public static StateChangeOrigin OriginOf(TcpState from, TcpState to)
    {
        if (TcpTransitions.HasPair(from, to))
        {
            return StateChangeOrigin.Rfc;
        }

        return Meaning(from, to) is null ? StateChangeOrigin.Unknown : StateChangeOrigin.Linux;
    }

    /// <summary>What the pair means on Linux where that is not what the RFC's table says; null when there is nothing to add.</summary>
    public static string? Meaning(TcpState from, TcpState to)
    {
        foreach (LinuxStateChange row in Rows)
        {
            if (row.From == from && row.To == to)
            {
                return row.Meaning;
            }
        }

        return null;
    }
}
