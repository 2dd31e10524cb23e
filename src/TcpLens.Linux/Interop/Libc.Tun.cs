using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Interop;

/// <summary>TUN devices and what waits for them: linux/if_tun.h, sys/eventfd.h, poll.h, sys/uio.h, net/if.h.</summary>
internal static unsafe partial class Libc
{
    public const int O_RDWR = 2;
    public const int O_NONBLOCK = 0x800;

    public const int EIO = 5;
    public const int ENOMEM = 12;
    public const int EBUSY = 16;

    public const nuint TUNSETIFF = 0x400454ca;
    public const nuint TUNSETOFFLOAD = 0x400454d0;
    public const nuint TUNSETVNETHDRSZ = 0x400454d8;

    public const short IFF_TUN = 0x0001;
    public const short IFF_MULTI_QUEUE = 0x0100;
    public const short IFF_NO_PI = 0x1000;
    public const short IFF_VNET_HDR = 0x4000;

    public const nuint TUN_F_CSUM = 1;
    public const nuint TUN_F_TSO4 = 2;
    public const nuint TUN_F_TSO6 = 4;

    public const int EFD_NONBLOCK = O_NONBLOCK;
    public const int EFD_CLOEXEC = O_CLOEXEC;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeFileHandle fd, nuint request, ref IfReq argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeFileHandle fd, nuint request, ref int argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeFileHandle fd, nuint request, nuint argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readv(SafeFileHandle fd, IoVec* parts, int count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint writev(SafeFileHandle fd, IoVec* parts, int count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    /// <param name="descriptors">An array.</param>
    /// <param name="count">Of them.</param>
    /// <param name="timeout">Null: without end.</param>
    /// <param name="signals">Null: as they are.</param>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ppoll(PollFd* descriptors, nuint count, TimeSpec* timeout, void* signals);

    /// <summary>0 when there is none of that name.</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint if_nametoindex(string name);

    /// <summary>struct ifreq as TUNSETIFF reads it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct IfReq
    {
        [FieldOffset(0)]
        public InterfaceName ifr_name;

        [FieldOffset(16)]
        public short ifr_flags;
    }

    /// <summary>IFNAMSIZ octets, the last of them 0.</summary>
    [InlineArray(16)]
    internal struct InterfaceName
    {
        private byte _first;
    }
}
