using System.Runtime.InteropServices;

namespace TcpLens.Linux.Interop;

/// <summary>Options of sockets, and descriptors of other processes: sys/socket.h, netinet/tcp.h, sys/pidfd.h.</summary>
internal static unsafe partial class Libc
{
    public const int SOL_SOCKET = 1;
    public const int SO_KEEPALIVE = 9;
    public const int SO_COOKIE = 57;
    public const int SO_NETNS_COOKIE = 71;
    public const int IPPROTO_TCP = 6;
    public const int TCP_KEEPIDLE = 4;
    public const int TCP_KEEPINTVL = 5;
    public const int TCP_KEEPCNT = 6;
    public const int TCP_USER_TIMEOUT = 18;

    /// <summary>pidfd_open(2), Linux 5.3: its number is the same on every processor, and older C libraries have no function.</summary>
    public static int pidfd_open(int pid) => (int)syscall(434, pid, null, 0);

    /// <summary>pidfd_getfd(2), Linux 5.6: a copy of a descriptor of another process. Needs the right to trace it.</summary>
    public static int pidfd_getfd(int pidfd, int fd) => (int)syscall(438, pidfd, (void*)fd, 0);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(int socket, int level, int option, void* value, ref uint length);
}
