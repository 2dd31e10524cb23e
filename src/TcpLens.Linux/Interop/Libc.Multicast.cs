using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Interop;

/// <summary>Groups of a netlink socket, and many datagrams by one call: sys/socket.h, linux/netlink.h, linux/sock_diag.h.</summary>
internal static unsafe partial class Libc
{
    public const int MSG_DONTWAIT = 0x40;
    public const int SO_RCVBUF = 8;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_MEMINFO = 55;
    public const int SOL_NETLINK = 270;
    public const int NETLINK_NO_ENOBUFS = 5;
    public const int SKNLGRP_INET_TCP_DESTROY = 1;
    public const int SKNLGRP_INET6_TCP_DESTROY = 3;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(SafeFileHandle socket, in SockAddrNl address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(SafeFileHandle socket, int level, int option, in int value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(SafeFileHandle socket, int level, int option, out SocketMemoryInfo value, ref uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int recvmmsg(SafeFileHandle socket, MMsgHdr* messages, uint count, int flags, TimeSpec* timeout);

    /// <summary>struct sockaddr_nl; the kernel itself is port 0.</summary>
    internal struct SockAddrNl
    {
        public ushort nl_family;
        public ushort nl_pad;
        public uint nl_pid;
        public uint nl_groups;
    }

    internal struct IoVec
    {
        public void* iov_base;
        public nuint iov_len;
    }

    internal struct MsgHdr
    {
        public void* msg_name;
        public uint msg_namelen;
        public IoVec* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    internal struct MMsgHdr
    {
        public MsgHdr msg_hdr;
        public uint msg_len;
    }

    /// <summary>What SO_MEMINFO answers: nine numbers of 32 bits, of which two are read (SK_MEMINFO_RCVBUF, SK_MEMINFO_DROPS).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 36)]
    internal struct SocketMemoryInfo
    {
        [FieldOffset(4)]
        public uint rcvbuf;

        [FieldOffset(32)]
        public uint drops;
    }
}
