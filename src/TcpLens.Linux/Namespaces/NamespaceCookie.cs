using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A number that the kernel gives a network namespace and, until the machine restarts, no other (SO_NETNS_COOKIE, Linux 5.14). Inode
/// numbers are given out again as soon as a namespace ends.
/// </summary>
public static class NamespaceCookie
{
    /// <summary>The cookie of the calling thread's namespace; 0 when this kernel has none.</summary>
    public static unsafe ulong Read()
    {
        int socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        ulong cookie = 0;
        uint length = sizeof(ulong);
        bool isKnown = socket >= 0 && Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_NETNS_COOKIE, &cookie, ref length) == 0;
        _ = socket < 0 ? 0 : Libc.close(socket);
        return isKnown ? cookie : 0;
    }
}
