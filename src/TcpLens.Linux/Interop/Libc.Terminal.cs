using System.Runtime.InteropServices;

namespace TcpLens.Linux.Interop;

/// <summary>What writing to a terminal, a pipe or a file needs: unistd.h, fcntl.h, poll.h, asm-generic/ioctls.h.</summary>
internal static partial class Libc
{
    internal const nuint TIOCGWINSZ = 0x5413;
    internal const int F_GETFD = 1;
    internal const int FD_CLOEXEC = 1;
    internal const short POLLOUT = 4;

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc")]
    internal static partial int isatty(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int fd, int command);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, out WinSize size);


    /// <summary>struct winsize</summary>
    internal struct WinSize
    {
        public ushort ws_row;
        public ushort ws_col;
        public ushort ws_xpixel;
        public ushort ws_ypixel;
    }
}
