using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>A NETLINK_ROUTE socket: interfaces and their addresses (rtnetlink(7)). Reading needs no privilege.</summary>
public sealed class RouteSocket : NetlinkSocket
{
    private RouteSocket()
        : base(Libc.NETLINK_ROUTE, "its interfaces (rtnetlink)", 0, "check that no sandbox (seccomp) forbids AF_NETLINK")
    {
    }

    /// <exception cref="SystemCallException">A sandbox forbids netlink.</exception>
    public static RouteSocket Open() => new();
}
