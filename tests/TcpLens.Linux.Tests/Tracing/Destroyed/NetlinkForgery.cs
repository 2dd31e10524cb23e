using System.Runtime.InteropServices;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Sends to the members of sock_diag's group for destroyed IPv4 sockets, as only the kernel should. Needs CAP_NET_ADMIN.</summary>
internal static class NetlinkForgery
{
    private const ushort Netlink = 16;

    /// <returns>Octets sent; -1 when refused.</returns>
    public static int SendToGroup(SockDiagSocket from, byte[] message)
    {
        Address group = new() { Family = Netlink, Groups = 1 };
        return (int)sendto((int)from.Handle.DangerousGetHandle(), message, (nuint)message.Length, 0, ref group, 12);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern nint sendto(int socket, byte[] message, nuint length, int flags, ref Address to, uint addressLength);

    private struct Address
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }
}
