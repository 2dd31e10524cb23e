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
/// Linux and never appear, so some pairs mean something else than in the RFC and some exist only here. All were seen on Linux 6.18; the
/// event's protocol field tells TCP from MPTCP.
/// </summary>
public static class LinuxStateChanges
{
    private const int States = (int)Closing + 1;

    private static readonly LinuxStateChange[] Rows =
    [
        new(Listen, SynReceived, "A child was made of a listener when the handshake ended; the listener itself stays."),
        new(FinWait2, Closed, "Handed over to a TIME-WAIT mini-socket, or an orphan's FIN-WAIT-2 to one; the 60 s do not show here."),
        new(Closing, Closed, "Handed over to a TIME-WAIT mini-socket."),
        new(SynSent, Closed, "connect() failed; with local port 0 it found no free port (EADDRNOTAVAIL) and sent nothing."),
        new(Closed, Closed, "A listener that SOCK_DESTROY (ss -K) ends closes twice. MPTCP: a socket that never connected, or already ended, was closed."),
        new(Listen, Listen, "MPTCP: the listener below an MPTCP listener was set up."),
        new(Listen, Established, "MPTCP: a child was made of a listener, already connected."),
        new(FinWait1, FinWait1, "close() after shutdown(): the FIN was already sent."),
        new(FinWait2, FinWait2, "close() after shutdown(): the FIN was already acknowledged."),
        new(Closing, Closing, "close() after shutdown(): both FINs are on their way."),
        new(LastAck, LastAck, "close() after shutdown(): the last FIN was already sent."),
    ];

    private static readonly StateChangeOrigin[] Origins = Index();

    public static IReadOnlyList<LinuxStateChange> All => Rows;

    /// <summary>Asked for every event of a trace: it reads a table. Numbers that name no state are unknown.</summary>
    public static StateChangeOrigin OriginOf(TcpState from, TcpState to)
        => (uint)from < States && (uint)to < States ? Origins[((int)from * States) + (int)to] : StateChangeOrigin.Unknown;

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

    private static StateChangeOrigin[] Index()
    {
        var index = new StateChangeOrigin[States * States];
        foreach (LinuxStateChange row in Rows)
        {
            index[((int)row.From * States) + (int)row.To] = StateChangeOrigin.Linux;
        }

        foreach (TcpTransition row in TcpTransitions.All)
        {
            index[((int)row.From * States) + (int)row.To] = StateChangeOrigin.Rfc;
        }

        return index;
    }
}
