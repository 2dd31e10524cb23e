using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A NETLINK_SOCK_DIAG socket. It belongs for ever to the network namespace of the thread that opened it, and can then be used
/// from any thread. No privilege is needed to list sockets; marks and some attributes come to CAP_NET_ADMIN only.
/// </summary>
public sealed class SockDiagSocket : INetlink
{
    private readonly SafeFileHandle _handle;

    private SockDiagSocket(SafeFileHandle handle, uint namespaceInode)
    {
        _handle = handle;
        NamespaceInode = namespaceInode;
    }

    public uint NamespaceInode { get; }

    internal SafeFileHandle Handle => _handle;

    /// <exception cref="SystemCallException">The kernel has no sock_diag, or a sandbox forbids netlink.</exception>
    public static SockDiagSocket Open(uint namespaceInode = 0)
    {
        int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_SOCK_DIAG);
        if (fd < 0)
        {
            throw new SystemCallException(
                "open a sock_diag netlink socket",
                Marshal.GetLastPInvokeError(),
                "check that the kernel has CONFIG_INET_DIAG and that no sandbox (seccomp) forbids AF_NETLINK");
        }

        return new SockDiagSocket(new SafeFileHandle(fd, ownsHandle: true), namespaceInode);
    }

    public void Send(ReadOnlySpan<byte> message)
    {
        while (Libc.send(_handle, ref MemoryMarshal.GetReference(message), (nuint)message.Length, 0) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Libc.EINTR)
            {
                throw new SystemCallException("ask the kernel for its sockets (sock_diag)", errno);
            }
        }
    }

    public int Receive(Span<byte> buffer)
    {
        while (true)
        {
            nint length = Libc.recv(_handle, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, Libc.MSG_TRUNC);
            if (length >= 0)
            {
                return (int)length;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != Libc.EINTR)
            {
                throw new SystemCallException(
                    "read the kernel's answer (sock_diag)",
                    errno,
                    errno == Libc.ENOBUFS ? "the answer overran the socket's buffer and is incomplete: ask again" : "");
            }
        }
    }

    public void Dispose() => _handle.Dispose();
}
