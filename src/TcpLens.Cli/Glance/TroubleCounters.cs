using System.Collections.Frozen;

namespace TcpLens.Cli;

/// <summary>Which of some 400 counters a glance shows, and which of those mean trouble when they move.</summary>
internal static class TroubleCounters
{
    private static readonly FrozenSet<string> Trouble = FrozenSet.ToFrozenSet(
    [
        "Tcp.AttemptFails", "Tcp.EstabResets", "Tcp.RetransSegs", "Tcp.InErrs", "Tcp.OutRsts", "Tcp.InCsumErrors",
        "TcpExt.ListenOverflows", "TcpExt.ListenDrops", "TcpExt.SyncookiesSent", "TcpExt.SyncookiesFailed", "TcpExt.TCPReqQFullDoCookies",
        "TcpExt.TCPReqQFullDrop", "TcpExt.TCPTimeouts", "TcpExt.TCPSynRetrans", "TcpExt.TCPLostRetransmit", "TcpExt.TCPRetransFail",
        "TcpExt.TCPAbortOnData", "TcpExt.TCPAbortOnClose", "TcpExt.TCPAbortOnMemory", "TcpExt.TCPAbortOnTimeout", "TcpExt.TCPAbortOnLinger",
        "TcpExt.TCPAbortFailed", "TcpExt.TCPTimeWaitOverflow", "TcpExt.PruneCalled", "TcpExt.RcvPruned", "TcpExt.OfoPruned",
        "TcpExt.TCPBacklogDrop", "TcpExt.TCPRcvQDrop", "TcpExt.TCPZeroWindowDrop", "TcpExt.TCPMemoryPressures", "TcpExt.PAWSEstab",
        "TcpExt.TCPWqueueTooBig", "TcpExt.EmbryonicRsts", "TcpExt.TCPChallengeACK", "TcpExt.TCPOFODrop",
    ]);

    private static readonly FrozenSet<string> Activity = FrozenSet.ToFrozenSet(
    [
        "Tcp.ActiveOpens", "Tcp.PassiveOpens", "Tcp.InSegs", "Tcp.OutSegs", "Tcp.CurrEstab", "TcpExt.TW", "TcpExt.TWRecycled",
        "TcpExt.TCPKeepAlive", "TcpExt.TCPFastRetrans", "TcpExt.TCPLossProbes", "TcpExt.TCPToZeroWindowAdv",
    ]);

    public static bool IsTrouble(string name) => Trouble.Contains(name);

    public static bool IsShown(string name) => Trouble.Contains(name) || Activity.Contains(name);
}
