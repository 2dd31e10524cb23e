namespace TcpLens.Diagnosis;

/// <summary>
/// Resets between the samples, told apart as far as counters go. OutRsts and EstabResets each count several things (net/ipv4/tcp.c,
/// tcp_set_state and __tcp_close; tcp_ipv4.c, tcp_v4_send_reset): what has a counter of its own is taken off them.
/// </summary>
internal sealed record ResetCounts
{
    /// <summary>Fewer resets than this between the samples are no storm, whatever their share.</summary>
    public const int FewMax = 20;

    /// <summary>Handshakes begun and finished: what resets are compared with.</summary>
    public required long Opened { get; init; }

    /// <summary>RSTs sent, whatever for.</summary>
    public required long Sent { get; init; }

    /// <summary>close() of a socket with data that nobody had read (RFC 2525 §2.17).</summary>
    public required long ClosedUnread { get; init; }

    /// <summary>close() with SO_LINGER 0, and data that arrived after close().</summary>
    public required long Aborted { get; init; }

    /// <summary>Orphans ended for want of memory, or by TCP_LINGER2 below 0.</summary>
    public required long OrphansEnded { get; init; }

    /// <summary>Own connects that ended in a refusal: without those that timed out, and without requests that a client took back.</summary>
    public required long Refused { get; init; }

    /// <summary>ESTABLISHED or CLOSE_WAIT ended without a FIN from us, by whomever.</summary>
    public required long EstablishedReset { get; init; }

    /// <summary>Retransmission, probe, keep-alive and user timeouts that ended a connection.</summary>
    public required long TimedOut { get; init; }

    public long OwnAborts => ClosedUnread + Aborted + OrphansEnded;

    /// <summary>RSTs to segments that met no connection and no listener: no counter tells the two apart.</summary>
    public long Stray => Math.Max(0, Sent - OwnAborts);

    /// <summary>Connects refused by this very machine: their RSTs are strays and are no news.</summary>
    public long RefusedHere => Math.Min(Stray, Refused);

    /// <summary>Connections that a peer's RST ended.</summary>
    public long Received => Less(EstablishedReset, OwnAborts + TimedOut);

    /// <summary>Null with one sample only, or where the counters are unknown.</summary>
    public static ResetCounts? Of(CaseFile facts)
    {
        if (facts.Moved("Tcp.OutRsts") is not { } sent || facts.Moved("Tcp.EstabResets") is not { } established)
        {
            return null;
        }

        long timedOut = Moved("TcpExt.TCPAbortOnTimeout");
        return new ResetCounts
        {
            Opened = Moved("Tcp.ActiveOpens") + Moved("Tcp.PassiveOpens"),
            Sent = sent,
            ClosedUnread = Moved("TcpExt.TCPAbortOnClose"),
            Aborted = Moved("TcpExt.TCPAbortOnData"),
            OrphansEnded = Moved("TcpExt.TCPAbortOnMemory") + Moved("TcpExt.TCPAbortOnLinger"),
            Refused = Less(Moved("Tcp.AttemptFails"), Moved("TcpExt.EmbryonicRsts") + timedOut),
            EstablishedReset = established,
            TimedOut = timedOut,
        };

        long Moved(string counter) => facts.Moved(counter) ?? 0;
    }

    /// <summary>
    /// What is left of a counter. The kernel's tables are read one after the other, and on a busy machine a counter moves in between: a
    /// tenth of what is taken off is allowed for that.
    /// </summary>
    private static long Less(long all, long others) => Math.Max(0, all - others - (others / 10));
}
