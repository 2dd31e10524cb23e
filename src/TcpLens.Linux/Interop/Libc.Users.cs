using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Interop;

/// <summary>The C library, by its own names. Who a process is, and whose a file is: unistd.h, grp.h, sys/fsuid.h.</summary>
internal static unsafe partial class Libc
{
    public const int W_OK = 2;
    public const int X_OK = 1;
    public const int AT_EACCESS = 0x200;

    [LibraryImport("libc")]
    public static partial uint geteuid();

    /// <summary>Of all threads of the process: the C library sees to that.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setgroups(nuint count, uint* groups);

    /// <summary>Of the calling thread alone: as whom it reaches files.</summary>
    [LibraryImport("libc")]
    public static partial int setfsuid(uint user);

    [LibraryImport("libc")]
    public static partial int setfsgid(uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int faccessat(int folder, string path, int mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchown(SafeFileHandle fd, uint user, uint group);
}
