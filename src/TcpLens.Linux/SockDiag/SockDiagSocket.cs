using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A NETLINK_SOCK_DIAG socket. No privilege is needed to list sockets; marks and some attributes come to CAP_NET_ADMIN only.
/// </summary>
public sealed class SockDiagSocket : NetlinkSocket
{
    private SockDiagSocket(uint namespaceInode)
        : base(
            Libc.NETLINK_SOCK_DIAG,
            "its sockets (sock_diag)",
            namespaceInode,
            "check that the kernel has CONFIG_INET_DIAG and that no sandbox (seccomp) forbids AF_NETLINK")
    {
    }

    /// <exception cref="SystemCallException">The kernel has no sock_diag, or a sandbox forbids netlink.</exception>
    public static SockDiagSocket Open(uint namespaceInode = 0) => new(namespaceInode);
}
