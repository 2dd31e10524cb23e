using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Interop;

/// <summary>The C library, by its own names. Files, folders and pipes; and a clock.</summary>
internal static partial class Libc
{
    public const int AT_FDCWD = -100;

    public const int O_RDONLY = 0;
    public const int O_DIRECTORY_X64 = 0x10000;
    public const int O_DIRECTORY_ARM64 = 0x4000;
    public const int O_CLOEXEC = 0x80000;


    public const uint STATX_BASIC_STATS = 0x7ff;

    /// <summary>The owner may write (sys/stat.h).</summary>
    public const int S_IWUSR = 0b010_000_000;

    public const int F_SETPIPE_SZ = 1031;

    public const short POLLIN = 1;

    public const int CLOCK_MONOTONIC = 1;
    public const int CLOCK_BOOTTIME = 7;

    /// <summary>O_DIRECTORY is one of the few flags whose value depends on the processor.</summary>
    public static int O_DIRECTORY => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm
        ? O_DIRECTORY_ARM64
        : O_DIRECTORY_X64;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint read(SafeFileHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint getdents64(SafeFileHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint readlinkat(SafeFileHandle folder, byte* name, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int folder, string path, int flags, uint mask, out Statx result);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(SafeFileHandle fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int clock_gettime(int clock, out TimeSpec time);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(ref PollFd descriptors, nuint count, int timeoutMilliseconds);

    /// <summary>struct statx (linux/stat.h), the same on every processor; only what is used has a name.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Statx
    {
        [FieldOffset(28)]
        public ushort stx_mode;

        [FieldOffset(32)]
        public ulong stx_ino;

        [FieldOffset(40)]
        public ulong stx_size;

        [FieldOffset(136)]
        public uint stx_dev_major;

        [FieldOffset(140)]
        public uint stx_dev_minor;
    }

    /// <summary>struct timespec where long has 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long tv_sec;
        public long tv_nsec;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int fd;
        public short events;
        public short revents;
    }
}
