using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A number that the kernel gives a network namespace and, until the machine restarts, no other (SO_NETNS_COOKIE, Linux 5.14). Inode
/// numbers are given out again as soon as a namespace ends.
/// </summary>
public static class NamespaceCookie
{
    /// <summary>The cookie of the calling thread's namespace; 0 when this kernel has none.</summary>
    public static ulong Read()
    {
        using SafeFileHandle socket = new(Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0), ownsHandle: true);
        uint length = sizeof(ulong);
        return !socket.IsInvalid && Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_NETNS_COOKIE, out ulong cookie, ref length) == 0 ? cookie : 0;
    }
}
