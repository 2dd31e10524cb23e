namespace TcpLens.Stack;

/// <summary>What is counted, by Linux's names (/proc/net/snmp, /proc/net/netstat), with Linux's meanings.</summary>
public enum TcpCounter : byte
{
    // Tcp of /proc/net/snmp.
    ActiveOpens,
    PassiveOpens,
    AttemptFails,
    EstabResets,
    InSegs,
    OutSegs,
    RetransSegs,
    InErrs,
    OutRsts,
    InCsumErrors,

    // TcpExt of /proc/net/netstat.
    SyncookiesSent,
    SyncookiesRecv,
    SyncookiesFailed,
    EmbryonicRsts,
    TW,
    TWRecycled,
    PAWSEstab,
    DelayedACKs,
    ListenOverflows,
    ListenDrops,
    TCPRenoRecovery,
    TCPSackRecovery,
    TCPSACKReneging,
    TCPTSReorder,
    TCPSACKReorder,
    TCPFullUndo,
    TCPPartialUndo,
    TCPDSACKUndo,
    TCPLossUndo,
    TCPLostRetransmit,
    TCPRenoFailures,
    TCPSackFailures,
    TCPLossFailures,
    TCPFastRetrans,
    TCPSlowStartRetrans,
    TCPTimeouts,
    TCPLossProbes,
    TCPLossProbeRecovery,
    TCPDSACKOldSent,
    TCPDSACKOfoSent,
    TCPDSACKRecv,
    TCPDSACKOfoRecv,
    TCPDSACKIgnoredDubious,
    TCPAbortOnData,
    TCPAbortOnClose,
    TCPAbortOnMemory,
    TCPAbortOnTimeout,
    TCPMemoryPressures,
    TCPSpuriousRTOs,
    TCPTimeWaitOverflow,
    TCPReqQFullDoCookies,
    TCPReqQFullDrop,
    TCPOFOQueue,
    TCPOFODrop,
    TCPOFOMerge,
    TCPChallengeACK,
    TCPSYNChallenge,
    TCPToZeroWindowAdv,
    TCPSynRetrans,
    TCPOrigDataSent,
    TCPHystartDelayDetect,
    TCPHystartDelayCwnd,
    TCPACKSkippedTimeWait,
    TCPACKSkippedChallenge,
    TCPWinProbe,
    TCPKeepAlive,
    TCPDelivered,
    TCPDeliveredCE,
    TCPZeroWindowDrop,
    TCPRcvQDrop,
    TCPDSACKRecvSegs,
    OutOfWindowIcmps,
}

/// <summary>The counters of one host. Its connections share them; nothing here is thread-safe, as nothing in a host is.</summary>
public sealed class TcpCounters
{
    private readonly long[] _values = new long[Enum.GetValues<TcpCounter>().Length];
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];

    public long this[TcpCounter counter] => _values[(int)counter];

    /// <summary>Segments that were dropped for that reason.</summary>
    public long this[DropReason reason] => _drops[(int)reason];

    public void Add(TcpCounter counter, long count = 1) => _values[(int)counter] += count;

    public void Add(DropReason reason) => _drops[(int)reason]++;
}
