using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Interop;

/// <summary>The C library, by its own names. Mapped files.</summary>
internal static partial class Libc
{
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const int MAP_PRIVATE = 2;
    public static readonly nint MAP_FAILED = -1;

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint mmap(void* address, nuint length, int protection, int flags, SafeFileHandle fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int munmap(nint address, nuint length);
}
