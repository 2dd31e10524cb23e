using System.Runtime.InteropServices;

namespace TcpLens.Linux.Interop;

/// <summary>Namespaces, small files of /proc and handles of cgroups: sched.h, fcntl.h, unistd.h, sys/stat.h, net/if.h.</summary>
internal static unsafe partial class Libc
{
    internal const int CLONE_NEWNET = 0x40000000;
    internal const int FILEID_KERNFS = 0xfe;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int AT_STATX_DONT_SYNC = 0x4000;
    internal const int STATX_INO = 0x100;
    internal const nuint NS_GET_NSTYPE = 0xb703;


    /// <summary>O_RDONLY | O_CLOEXEC, whose value is the same on every processor that .NET runs on.</summary>
    private const int ReadOnly = 0x80000;

    internal static int open(byte* path) => open(path, ReadOnly);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int fd, byte* buffer, nuint length);

    [LibraryImport("libc")]
    internal static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlink(byte* path, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setns(int fd, int kind);

    /// <summary>With <see cref="NS_GET_NSTYPE"/>: which kind of namespace a descriptor stands for (ioctl_nsfs(2)).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, nuint argument);

    internal static int open_by_handle_at(int mount, CgroupHandle* handle) => open_by_handle_at(mount, handle, ReadOnly);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(int folder, byte* path, int flags, uint mask, FileIdentity* result);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getxattr(byte* path, byte* name, byte* value, nuint size);

    /// <summary>Every interface of the calling thread's namespace; the array ends with an index of 0. Null on failure.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial IfNameIndex* if_nameindex();

    [LibraryImport("libc")]
    internal static partial void if_freenameindex(IfNameIndex* interfaces);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open_by_handle_at(int mount, CgroupHandle* handle, int flags);

    /// <summary>struct file_handle for the kind that kernfs uses: eight octets, the identifier of the cgroup.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct CgroupHandle
    {
        public uint handle_bytes;
        public int handle_type;
        public ulong f_handle;
    }

    /// <summary>struct statx, the same on every processor, of which only what tells one file from another is asked.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct FileIdentity
    {
        [FieldOffset(32)]
        public ulong stx_ino;

        /// <summary>stx_dev_major and stx_dev_minor.</summary>
        [FieldOffset(136)]
        public ulong stx_dev;
    }

    /// <summary>struct if_nameindex</summary>
    internal struct IfNameIndex
    {
        public uint if_index;
        public byte* if_name;
    }
}
