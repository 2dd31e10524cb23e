using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Which growth of the congestion window a connection follows.</summary>
public enum CongestionAlgorithm : byte
{
    /// <summary>RFC 9438.</summary>
    Cubic,

    /// <summary>RFC 5681 with RFC 6582.</summary>
    NewReno,
}

/// <summary>What a sender sends into a window of zero (RFC 9293 §3.8.6.1).</summary>
public enum WindowProbe : byte
{
    /// <summary>One octet of new data, as the RFC has it.</summary>
    OneOctet,

    /// <summary>Nothing, one number below SND.UNA, as Linux does: the answer to what is out of the window is an ACK.</summary>
    Empty,
}

/// <summary>
/// What a connection is to do where the RFCs leave a choice. The defaults are Linux's where they say nothing. One object serves any
/// number of connections; options of a single one are set on it (<see cref="TcpConnection.Options"/>).
/// </summary>
public sealed record TcpSettings
{
    public static readonly TcpSettings Default = new();

    /// <summary>Octets that a program can hand over before they are acknowledged.</summary>
    public int SendBuffer { get; init; } = 4 << 20;

    /// <summary>Octets that may wait for the program; the window never promises more.</summary>
    public int ReceiveBuffer { get; init; } = 1 << 20;

    /// <summary>Null: the smallest shift with which the window field can say <see cref="ReceiveBuffer"/> (RFC 7323 §2.2).</summary>
    public byte? WindowShift { get; init; }

    public bool WindowScaling { get; init; } = true;

    public bool Timestamps { get; init; } = true;

    /// <summary>Once timestamps are agreed, a segment without them is dropped, as RFC 7323 §3.2 says; Linux and FreeBSD let it pass.</summary>
    public bool RequireTimestamps { get; init; } = true;

    public bool SelectiveAcknowledgment { get; init; } = true;

    /// <summary>Ask for ECN in a SYN; it is agreed to in any case (RFC 3168 §6.1.1; Linux: tcp_ecn 1).</summary>
    public bool RequestEcn { get; init; }

    /// <summary>Agree to ECN when asked (Linux: tcp_ecn 1 and 2).</summary>
    public bool AcceptEcn { get; init; } = true;

    /// <summary>Challenge ACKs instead of believing a RST or SYN that a blind attacker could have sent (RFC 5961 §3 and §4).</summary>
    public bool ResistBlindResets { get; init; } = true;

    /// <summary>As <see cref="ResistBlindResets"/>, for SYNs. Separate, because others can be told so.</summary>
    public bool ResistBlindSyns { get; init; } = true;

    /// <summary>The ACK must be within the largest window ever seen, too (RFC 5961 §5, MAY-12).</summary>
    public bool ResistBlindData { get; init; } = true;

    /// <summary>Challenge ACKs that one connection sends in a second (RFC 5961 §7; by connection, since a common budget is a side channel).</summary>
    public int ChallengeAcksPerSecond { get; init; } = 10;

    /// <summary>Ignore RSTs in TIME-WAIT (RFC 1337 fix F1).</summary>
    public bool ProtectTimeWait { get; init; } = true;

    /// <summary>A SYN may reopen a connection in TIME-WAIT (RFC 6191, MAY-2).</summary>
    public bool ReuseTimeWait { get; init; } = true;

    /// <summary>Twice the maximum segment lifetime: how long TIME-WAIT lasts.</summary>
    public TimeSpan TimeWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long FIN-WAIT-2 lasts when no program holds the connection any more; Linux's tcp_fin_timeout.</summary>
    public TimeSpan OrphanFinWait2 { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait before data is acknowledged; below 0.5 s (MUST-40).</summary>
    public TimeSpan DelayedAck { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Acknowledge at once while the peer is in slow start: so many segments from the start (Linux's quick acks). 0: delay from the first.</summary>
    public int QuickAcks { get; init; } = 16;

    /// <summary>RFC 6298 §2.1.</summary>
    public TimeSpan InitialRto { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>RFC 6298 §2.4 says 1 s; stacks in use and RFC 8961 go lower.</summary>
    public TimeSpan MinimumRto { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>At least 60 s (RFC 6298 §2.5).</summary>
    public TimeSpan MaximumRto { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// A SYN is sent again so many times before the attempt is given up: 247 s, since MUST-23 wants three minutes (Linux's tcp_syn_retries is 6: 127 s).
    /// </summary>
    public int SynRetries { get; init; } = 7;

    public int SynAckRetries { get; init; } = 5;

    /// <summary>Data is sent again so many times before the connection is given up: R2 (RFC 9293 §3.8.3; Linux: tcp_retries2, 924 s).</summary>
    public int DataRetries { get; init; } = 15;

    /// <summary>The same for a connection that no program holds any more.</summary>
    public int OrphanRetries { get; init; } = 8;

    /// <summary>After so many the program is told (R1, SHLD-9).</summary>
    public int TroubleRetries { get; init; } = 3;

    /// <summary>Segments of the first flight (RFC 6928).</summary>
    public int InitialWindow { get; init; } = 10;

    public CongestionAlgorithm Congestion { get; init; }

    /// <summary>Restart slow start after a silence longer than the RTO (RFC 5681 §4.1).</summary>
    public bool SlowStartAfterIdle { get; init; } = true;

    /// <summary>Spread a flight over the round trip instead of sending it in one burst.</summary>
    public bool Pacing { get; init; }

    /// <summary>Tail loss probes and time-based loss detection (RFC 8985); without, three duplicate ACKs and the timer (RFC 6675, 6582).</summary>
    public bool Rack { get; init; } = true;

    public WindowProbe WindowProbe { get; init; }

    /// <summary>
    /// Show every octet that was read in the window of the next segment, as FreeBSD does, as long as the window is not a silly one; otherwise
    /// the edge moves in steps (RFC 9293 §3.8.6.2.2).
    /// </summary>
    public bool AdvertisesEveryOctet { get; init; }

    /// <summary>
    /// Tell of room that the program made only when the window becomes twice what the peer knows, as Linux does (tcp_cleanup_rbuf); otherwise when two full
    /// segments more fit.
    /// </summary>
    public bool LazyWindowUpdates { get; init; }

    /// <summary>Take a SYN with FIN for a SYN (RFC 9293 does not forbid it; Linux and most firewalls drop it).</summary>
    public bool AcceptSynFin { get; init; }

    /// <summary>The window that a SYN shows, and the most that is promised before the program reads; null: what the buffer allows.</summary>
    public int? InitialReceiveWindow { get; init; }

    /// <summary>What <see cref="SegmentOptions.Write"/> is told for SYNs.</summary>
    public OptionOrder OptionOrder { get; init; }

    /// <summary>What a connection begins with.</summary>
    public ConnectionOptions Options { get; init; } = ConnectionOptions.Default;
}

/// <summary>What a program can choose for one connection, at any time (socket options elsewhere).</summary>
public sealed record ConnectionOptions
{
    public static readonly ConnectionOptions Default = new();

    /// <summary>Send small segments at once (MUST-17: Nagle's algorithm off).</summary>
    public bool NoDelay { get; init; }

    /// <summary>Hold back everything less than a full segment, for 200 ms at most (Linux: TCP_CORK).</summary>
    public bool Cork { get; init; }

    /// <summary>MUST-24 and MUST-25: off by default.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>MUST-28: two hours by default.</summary>
    public TimeSpan KeepAliveIdle { get; init; } = TimeSpan.FromHours(2);

    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(75);

    public int KeepAliveProbes { get; init; } = 9;

    /// <summary>Sent data may stay unacknowledged for so long; zero: <see cref="TcpSettings.DataRetries"/> decides (RFC 9293 §3.8.3, Linux TCP_USER_TIMEOUT).</summary>
    public TimeSpan UserTimeout { get; init; }

    /// <summary>Tell the peer (RFC 5482), and let it lengthen ours.</summary>
    public bool AdvertiseUserTimeout { get; init; }

    /// <summary>Six bits (RFC 2474); MUST-48.</summary>
    public byte DiffServ { get; init; }

    /// <summary>MUST-49.</summary>
    public byte TimeToLive { get; init; } = 64;

    /// <summary>Whether soft errors are told (SHLD-20).</summary>
    public bool ReportsSoftErrors { get; init; } = true;

    /// <summary>0, or the most that is sent and asked for in one segment (TCP_MAXSEG).</summary>
    public ushort MaximumSegmentSize { get; init; }
}

/// <summary>What a host knows when a connection begins.</summary>
public readonly record struct ConnectionStart
{
    public ConnectionStart()
    {
    }

    /// <summary>ISS (RFC 6528).</summary>
    public SeqNum InitialSequence { get; init; }

    /// <summary>Added to the timestamp clock (RFC 7323 §7.1).</summary>
    public uint TimestampOffset { get; init; }

    /// <summary>What fits behind IP and TCP headers without options, in octets: MTU − 40 for IPv4, − 60 for IPv6.</summary>
    public ushort LinkSegmentSize { get; init; } = 1460;

    /// <summary>What the path to the peer is known to take, in octets; 0: as much as the link.</summary>
    public ushort PathSegmentSize { get; init; }

    /// <summary>What a peer takes that does not say: 536 for IPv4, 1220 for IPv6 (MUST-15).</summary>
    public ushort DefaultSegmentSize { get; init; } = 536;

    /// <summary>The most payload that one call of <see cref="TcpConnection.TryTakeSegment"/> may hold: above the segment size when the device segments.</summary>
    public int MaximumBurst { get; init; }
}
