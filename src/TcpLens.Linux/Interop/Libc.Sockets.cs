using System.Runtime.InteropServices;

namespace TcpLens.Linux.Interop;

/// <summary>Calls on Internet sockets, and unshare(2): sys/socket.h, netinet/in.h, sched.h.</summary>
internal static unsafe partial class Libc
{
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int SOCK_STREAM = 1;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int SHUT_RDWR = 2;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(int socket, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(int socket, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int listen(int socket, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int accept4(int socket, void* address, void* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(int socket, void* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(int socket, void* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int shutdown(int socket, int how);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(int socket, int level, int option, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(PollFd* descriptors, nuint count, int timeoutMilliseconds);
}
