using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A netlink socket. It belongs for ever to the network namespace of the thread that opened it, and can then be used from any thread.
/// </summary>
public abstract class NetlinkSocket : INetlink
{
    private readonly string _what;

    /// <param name="protocol">NETLINK_… of linux/netlink.h.</param>
    /// <param name="what">What the kernel is asked for, for the error text: "its sockets (sock_diag)".</param>
    /// <param name="namespaceInode">The namespace it is opened in; 0 when unknown.</param>
    /// <param name="advice">What to do where it cannot be opened.</param>
    /// <exception cref="SystemCallException">The kernel does not have the protocol, or a sandbox forbids netlink.</exception>
    private protected NetlinkSocket(int protocol, string what, uint namespaceInode, string advice)
    {
        _what = what;
        NamespaceInode = namespaceInode;
        int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
        Handle = fd >= 0
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw new SystemCallException($"open a netlink socket to ask the kernel for {what}", Marshal.GetLastPInvokeError(), advice);
    }

    public uint NamespaceInode { get; }

    internal SafeFileHandle Handle { get; }

    public void Send(ReadOnlySpan<byte> message)
    {
        while (Libc.send(Handle, ref MemoryMarshal.GetReference(message), (nuint)message.Length, 0) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Libc.EINTR)
            {
                throw new SystemCallException($"ask the kernel for {_what}", errno);
            }
        }
    }

    public int Receive(Span<byte> buffer)
    {
        while (true)
        {
            nint length = Libc.recv(Handle, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, Libc.MSG_TRUNC);
            if (length >= 0)
            {
                return (int)length;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != Libc.EINTR)
            {
                throw new SystemCallException(
                    $"read the kernel's answer about {_what}",
                    errno,
                    errno == Libc.ENOBUFS ? "the answer overran the socket's buffer and is incomplete: ask again" : "");
            }
        }
    }

    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
