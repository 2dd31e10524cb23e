using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// What both ends notice of a socket that was closed from outside (tcp_abort in net/ipv4/tcp.c; each measured on Linux 6.18).
/// </summary>
internal static class KillEffects
{
    /// <summary>One sentence for each kind of socket among those that were closed.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<KillResult> closed)
    {
        if (Any(closed, static (in entry) => entry.Inode != 0 && entry.State != TcpState.Listen && !HasReadToEnd(in entry)))
        {
            yield return "Processes that hold one get ECONNABORTED (103) from their next read or write.";
        }

        if (Any(closed, static (in entry) => entry.Inode != 0 && HasReadToEnd(in entry)))
        {
            yield return "Where the peer's FIN had come, processes read the end of the stream once more, and get ECONNABORTED (103) when they write.";
        }

        if (Any(closed, static (in entry) => TellsPeer(in entry)))
        {
            yield return "Peers get a reset: ECONNRESET (104) from their next read or write.";
        }

        if (Any(closed, static (in entry) => entry.State == TcpState.Listen))
        {
            yield return "A closed listener's accept() fails with EINVAL (22); connections it had not accepted were reset.";
        }
    }

    private static bool HasReadToEnd(in SocketEntry entry) => entry.State is TcpState.CloseWait or TcpState.LastAck or TcpState.Closing;

    /// <summary>A mini-socket is dropped without a word, and so is what has no peer yet or has said goodbye already.</summary>
    private static bool TellsPeer(in SocketEntry entry)
        => entry.Kind == SocketKind.Full
            && entry.State is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.SynReceived;

    private static bool Any(IReadOnlyList<KillResult> closed, EntryTest test)
    {
        foreach (KillResult result in closed)
        {
            if (test(in result.Socket.Entry))
            {
                return true;
            }
        }

        return false;
    }

    private delegate bool EntryTest(in SocketEntry entry);
}
