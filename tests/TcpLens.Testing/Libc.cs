using System.Runtime.InteropServices;

namespace TcpLens.Testing;

/// <summary>What the tests need from libc and .NET does not offer.</summary>
internal static partial class Libc
{
    public const int CLONE_NEWNET = 0x40000000;
    public const int SIGINT = 2;
    public const int SIGTERM = 15;
    public const int SIGKILL = 9;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGURG = 23;

    public const int F_SETSIG = 10;
    public const int F_SETLEASE = 1024;
    public const int F_GETLEASE = 1025;
    public const int F_RDLCK = 0;
    public const int F_UNLCK = 2;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(SafeHandle fd, int nstype);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int sig);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(SafeHandle fd, int command, int argument);
}
