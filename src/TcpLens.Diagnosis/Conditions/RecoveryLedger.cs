namespace TcpLens.Diagnosis;

/// <summary>Why most segments were sent twice. One answer, so that the four conditions about it do not cry together.</summary>
internal enum RetransmitCause : byte
{
    /// <summary>Too little was sent again to tell.</summary>
    Unknown,
    Loss,

    /// <summary>The segments had arrived, or came later: a delay made them look lost.</summary>
    Delay,

    /// <summary>They arrived in another order.</summary>
    Reordering,

    /// <summary>The network delivered segments twice.</summary>
    Duplication,
}

/// <summary>
/// The kernel's account of loss recovery between the samples (Documentation/networking/snmp_counter.rst; net/ipv4/tcp_input.c).
/// A number that the kernel does not have counts as 0.
/// </summary>
internal sealed record RecoveryLedger
{
    /// <summary>Fewer events tell nothing.</summary>
    public const int EventsMin = 20;

    private const double ReorderedShare = 0.005;
    private const double NeedlessShare = 0.5;

    /// <summary>Data segments sent for the first time.</summary>
    public long Original { get; private init; }

    /// <summary>Data segments sent again; SYNs and SYN-ACKs are not counted.</summary>
    public long Retransmitted { get; private init; }

    /// <summary>Timeouts with data under way. SYN-ACK timers count in the kernel's number and are taken off.</summary>
    public long Timeouts { get; private init; }

    /// <summary>D-SACKs received: what we sent again, or what the network doubled, had arrived already.</summary>
    public long Needless { get; private init; }

    /// <summary>
    /// Those of <see cref="Needless"/> on connections with more of them than retransmissions, which the network must have doubled
    /// (net/ipv4/tcp_input.c, tcp_dsack_seen). Kernels without that counter are judged by the sums.
    /// </summary>
    public long Doubled { get; private init; }

    /// <summary>D-SACKs sent: what came had arrived already.</summary>
    public long DuplicatesIn { get; private init; }

    /// <summary>Reductions of the window taken back, because the loss was none. TCPSpuriousRTOs is part of TCPLossUndo.</summary>
    public long Undone { get; private init; }

    /// <summary>Those of <see cref="Undone"/> that no timeout had begun.</summary>
    public long FastUndone { get; private init; }

    /// <summary>Times that a recovery began, by duplicate acknowledgments or by a timeout.</summary>
    public long Recoveries { get; private init; }

    /// <summary>Reordering that the sender noticed.</summary>
    public long Reordered { get; private init; }

    /// <summary>Segments that arrived before their predecessors.</summary>
    public long OutOfOrderIn { get; private init; }

    /// <summary>All segments that arrived.</summary>
    public long SegmentsIn { get; private init; }

    public double RetransmittedShare => (double)Retransmitted / Math.Max(Original, 1);

    /// <summary>The sender saw that segments it had not sent again were overtaken.</summary>
    public bool IsReorderingSeen => Reordered >= EventsMin && Reordered > Original * ReorderedShare;

    /// <summary>
    /// Most recoveries were taken back, and few had begun with a timeout: acknowledgments out of order began them, and what seemed
    /// lost came later. A sender that is quick to send again sees little of the reordering itself.
    /// </summary>
    private bool IsReorderingUndone => FastUndone >= EventsMin && FastUndone * 2 > Recoveries && Timeouts * 5 < Recoveries;

    public RetransmitCause Cause =>
        Doubled >= EventsMin && Needless > Retransmitted ? RetransmitCause.Duplication
        : IsReorderingSeen || IsReorderingUndone ? RetransmitCause.Reordering
        : Retransmitted < EventsMin ? RetransmitCause.Unknown
        : Needless > Retransmitted * NeedlessShare ? RetransmitCause.Delay
        : RetransmitCause.Loss;

    public static RecoveryLedger Of(CaseFile facts)
    {
        long repeated = Sum("Tcp.RetransSegs"), handshakes = Sum("TcpExt.TCPSynRetrans"), timeouts = Math.Max(Sum("TcpExt.TCPTimeouts") - handshakes, 0);
        long needless = Sum("TcpExt.TCPDSACKRecv", "TcpExt.TCPDSACKOfoRecv");
        long fastUndone = Sum("TcpExt.TCPFullUndo", "TcpExt.TCPPartialUndo", "TcpExt.TCPDSACKUndo");
        return new RecoveryLedger
        {
            Original = Sum("TcpExt.TCPOrigDataSent"),
            Retransmitted = Math.Max(repeated - handshakes, 0),
            Timeouts = timeouts,
            Needless = needless,
            Doubled = facts.Moved("TcpExt.TCPDSACKIgnoredDubious") ?? Math.Max(needless - (2 * repeated), 0),
            DuplicatesIn = Sum("TcpExt.TCPDSACKOldSent", "TcpExt.TCPDSACKOfoSent"),
            Undone = fastUndone + Sum("TcpExt.TCPLossUndo"),
            FastUndone = fastUndone,
            Recoveries = Sum("TcpExt.TCPSackRecovery", "TcpExt.TCPRenoRecovery") + timeouts,
            Reordered = Sum("TcpExt.TCPSACKReorder", "TcpExt.TCPTSReorder", "TcpExt.TCPRenoReorder"),
            OutOfOrderIn = Sum("TcpExt.TCPOFOQueue"),
            SegmentsIn = Sum("Tcp.InSegs"),
        };

        long Sum(params ReadOnlySpan<string> counters)
        {
            long sum = 0;
            foreach (string counter in counters)
            {
                sum += facts.Moved(counter) ?? 0;
            }

            return sum;
        }
    }
}
