using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Octets that programs sent and received. The kernel counts sequence numbers, of which SYN and FIN take one each: an active opener's SYN once it is acknowledged, either
/// side's FIN once it is acknowledged or received (tcp_snd_una_update and tcp_rcv_nxt_update in net/ipv4/tcp_input.c). The path tells which of them were.
/// </summary>
internal static class LifeOctets
{
    /// <summary>Acknowledged by the peer. One too many for a connection that was opened before the tracing, from here.</summary>
    public static ulong Sent(in TraceRecord record, in LifeTail tail)
    {
        StatePath path = tail.Path;
        bool synCounts = path.Count > 0 && path[0] == TcpState.SynSent && path.Contains(TcpState.Established);
        bool finCounts = path.Contains(TcpState.FinWait2) || path.Contains(TcpState.TimeWait)
            || (path.Contains(TcpState.LastAck) && record is { To: TcpState.Closed, Errno: 0 });
        return Less(tail.BytesAcknowledged, synCounts, finCounts);
    }

    public static ulong Received(in LifeTail tail)
    {
        StatePath path = tail.Path;
        return Less(tail.BytesReceived, path.Contains(TcpState.CloseWait) || path.Contains(TcpState.TimeWait) || path.Contains(TcpState.Closing), false);
    }

    private static ulong Less(ulong octets, bool one, bool another) => octets - Math.Min(octets, (one ? 1ul : 0) + (another ? 1ul : 0));
}
