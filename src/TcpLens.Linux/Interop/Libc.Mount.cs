using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Interop;

/// <summary>
/// A file system mounted nowhere (linux/mount.h, Linux 5.2): whoever holds the descriptor sees it, and it goes with the descriptor. The
/// numbers of these calls are the same on every processor, and older C libraries have no functions for them.
/// </summary>
internal static unsafe partial class Libc
{
    public const uint FSOPEN_CLOEXEC = 1;
    public const uint FSMOUNT_CLOEXEC = 1;
    public const uint FSCONFIG_CMD_CREATE = 6;
    public const uint MOUNT_ATTR_RDONLY = 1;
    public const uint MOUNT_ATTR_NOSUID = 2;
    public const uint MOUNT_ATTR_NODEV = 4;
    public const uint MOUNT_ATTR_NOEXEC = 8;

    public static int fsopen(ReadOnlySpan<byte> fileSystem, uint flags)
    {
        fixed (byte* name = fileSystem)
        {
            return (int)syscall(430, (nint)name, (nint)flags, 0, 0, 0);
        }
    }

    public static int fsconfig(SafeFileHandle context, uint command)
        => (int)syscall(431, context.DangerousGetHandle(), (nint)command, 0, 0, 0);

    public static int fsmount(SafeFileHandle context, uint flags, uint attributes)
        => (int)syscall(432, context.DangerousGetHandle(), (nint)flags, (nint)attributes, 0, 0);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle openat(SafeFileHandle folder, string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
}
