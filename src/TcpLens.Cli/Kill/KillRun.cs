using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Closes what a plan names, one socket after the other, each in its own namespace.</summary>
internal sealed class KillRun(LiveMachine machine) : IDisposable
{
    private readonly Dictionary<uint, SocketDestroyer> _destroyers = [];

    /// <summary>Closes them in order. When interrupted, the socket at hand is answered for and the rest is not tried.</summary>
    public List<KillResult> Close(List<KeptSocket> sockets, CancellationToken interrupted)
    {
        List<KillResult> results = new(sockets.Count);
        foreach (KeptSocket socket in sockets)
        {
            results.Add(interrupted.IsCancellationRequested
                ? new KillResult(socket, KillOutcome.NotTried, Reason: "interrupted before its turn")
                : Close(socket));
        }

        return results;
    }

    public void Dispose()
    {
        foreach (SocketDestroyer destroyer in _destroyers.Values)
        {
            destroyer.Dispose();
        }
    }

    private KillResult Close(KeptSocket socket)
    {
        try
        {
            (Destruction outcome, int errno, string? reason) = DestroyerOf(socket.Entry.Namespace).Destroy(in socket.Entry);
            return new KillResult(socket, OutcomeOf(outcome), errno, reason);
        }
        catch (SystemCallException failure)
        {
            // No helper, or no way into its namespace any more. What was closed before must still be reported.
            return new KillResult(socket, KillOutcome.Refused, failure.Errno, failure.Message);
        }
    }

    private SocketDestroyer DestroyerOf(uint namespaceInode)
    {
        if (!_destroyers.TryGetValue(namespaceInode, out SocketDestroyer? destroyer))
        {
            NetworkNamespace place = machine.Places.First(place => place.Inode == namespaceInode);
            _destroyers.Add(namespaceInode, destroyer = new SocketDestroyer(place));
        }

        return destroyer;
    }

    private static KillOutcome OutcomeOf(Destruction outcome) => outcome switch
    {
        Destruction.Closed => KillOutcome.Closed,
        Destruction.Vanished => KillOutcome.Vanished,
        Destruction.Refused => KillOutcome.Refused,
    };
}
