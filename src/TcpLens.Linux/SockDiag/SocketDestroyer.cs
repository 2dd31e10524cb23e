using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>What became of a socket that was to be closed.</summary>
public enum Destruction : byte
{
    /// <summary>The kernel ended it, and no longer knows it.</summary>
    Closed,

    /// <summary>It was gone before its turn came.</summary>
    Vanished,

    /// <summary>It is still there.</summary>
    Refused,
}

/// <summary>The answer for one socket.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Errno">What the kernel answered; 0 when it did not refuse.</param>
/// <param name="Reason">Why it is still there, and what to do; null otherwise.</param>
public readonly record struct DestructionResult(Destruction Outcome, int Errno = 0, string? Reason = null);

/// <summary>
/// Closes sockets of one namespace from outside their processes (SOCK_DESTROY, linux/sock_diag.h; CONFIG_INET_DIAG_DESTROY). Each is
/// named by its addresses and its cookie: by addresses alone the kernel would take a listener, or a later connection, for one that
/// has vanished. The kernel takes the socket's lock for it, so a helper process asks, and nothing here can hang.
/// </summary>
public sealed class SocketDestroyer(NetworkNamespace place) : IDisposable
{
    /// <summary>No errno: the answer is the socket itself.</summary>
    private const int Found = -1;

    private readonly HelperConversation _helper = new(NetlinkPump.Verb, place);

    /// <summary>Closes one socket, and looks whether it is gone.</summary>
    /// <exception cref="SystemCallException">No helper could be started.</exception>
    public DestructionResult Destroy(in SocketEntry entry)
    {
        // All ones mean "any cookie" to the kernel (INET_DIAG_NOCOOKIE).
        ArgumentOutOfRangeException.ThrowIfEqual(entry.Cookie, ulong.MaxValue, nameof(entry));
        if (_helper.IsGivenUp)
        {
            return new DestructionResult(Destruction.Refused, Reason: "not tried: too many sockets before it were locked");
        }

        try
        {
            return Ask(DiagRequest.Destroy(in entry)) switch
            {
                0 when IsThere(in entry) => new DestructionResult(
                    Destruction.Refused, Reason: "the kernel agreed and kept it, as older ones do with a socket that no process holds"),
                0 => new DestructionResult(Destruction.Closed),
                Libc.ENOENT or Libc.ESTALE => new DestructionResult(Destruction.Vanished),
                null => new DestructionResult(Destruction.Refused, Reason: "the helper process ended before it answered; try again"),
                Found => new DestructionResult(Destruction.Refused, Reason: "the kernel's answer could not be understood"),
                int errno => new DestructionResult(Destruction.Refused, errno, ReasonOf(errno, entry.Kind)),
            };
        }
        catch (TimeoutException)
        {
            return new DestructionResult(
                Destruction.Refused, Reason: "a task sleeps with the socket's lock; the kernel has the order and follows it when the lock is given back");
        }
    }

    public void Dispose() => _helper.Dispose();

    private static string ReasonOf(int errno, SocketKind kind) => errno switch
    {
        Libc.EPERM => "EPERM: that needs cap_net_admin in the user namespace that owns the network namespace; run with sudo",
        Libc.EOPNOTSUPP when kind == SocketKind.TimeWait => "EOPNOTSUPP: this kernel ends no TIME-WAIT; it ends by itself within 60 s",
        Libc.EOPNOTSUPP => "EOPNOTSUPP: this kernel cannot close sockets from outside (it was built without CONFIG_INET_DIAG_DESTROY)",
        _ => $"{Libc.NameOf(errno)}: the kernel refused",
    };

    private bool IsThere(in SocketEntry entry) => Ask(DiagRequest.Exact(in entry, SocketDetails.None, sequence: 0)) == Found;

    /// <summary>The errno of the answer, 0 for an acknowledgment; <see cref="Found"/> for a socket; null when there was no answer.</summary>
    private int? Ask(byte[] request)
    {
        Span<byte> answer = stackalloc byte[4096];
        int length = _helper.Ask(request, answer);
        var reader = new NetlinkReader(answer[..length]);
        return !reader.MoveNext() ? null : reader.Current.Type == NetlinkMessage.TypeError ? reader.Current.Errno : Found;
    }
}
