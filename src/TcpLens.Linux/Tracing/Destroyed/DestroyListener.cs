using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Hears of every TCP socket of a namespace that the kernel frees, with its last tcp_info (sock_diag's multicast groups
/// SKNLGRP_INET_TCP_DESTROY and SKNLGRP_INET6_TCP_DESTROY, linux/sock_diag.h). No privilege is needed. A mini-socket's end is not told,
/// but a connection that goes to TIME_WAIT is, when it does: its full socket ends there.
/// </summary>
internal sealed class DestroyListener : IDisposable
{
    private readonly SockDiagSocket _netlink;
    private readonly DatagramBatch _batch = new();
    private readonly DetailScratch _scratch = new();
    private int _count;
    private int _next;
    private ulong _unreadable;

    private DestroyListener(SockDiagSocket netlink, int bufferLength)
    {
        _netlink = netlink;

        // Else the kernel throws everything away from the first loss on until the last notice before it was read (netlink_overrun).
        Set(Libc.SOL_NETLINK, Libc.NETLINK_NO_ENOBUFS, 1, "go on after a loss");
        Enlarge(bufferLength);
        _ = Memory();   // Losses must be countable from the beginning.
        Join();
    }

    /// <summary>Octets of memory that may wait to be read, as the kernel counts them: about 1,300 a notice on Linux 6.18.</summary>
    public int BufferLength => (int)Memory().rcvbuf;

    /// <summary>
    /// Notices that found no room, or that could not be read. How many the kernel counts exactly (sk_drops); that some of them were of
    /// sockets that never connected nobody can tell any more.
    /// </summary>
    public ulong Lost => Memory().drops + _unreadable;

    /// <summary>The last tcp_info of the socket last read; overwritten by the next read.</summary>
    public TcpInfo? Info => _scratch.Detail.Info;

    /// <summary>Listens in the namespace of the calling thread, and goes on there from any thread.</summary>
    /// <param name="namespaceInode">Which that is; 0 when unknown.</param>
    /// <param name="bufferLength">Octets; doubled by the kernel for what goes with them, and cut at net.core.rmem_max without CAP_NET_ADMIN.</param>
    /// <exception cref="SystemCallException">The kernel has no such groups, or a sandbox forbids netlink.</exception>
    public static DestroyListener Open(uint namespaceInode, int bufferLength)
    {
        SockDiagSocket netlink = SockDiagSocket.Open(namespaceInode);
        try
        {
            return new DestroyListener(netlink, bufferLength);
        }
        catch
        {
            netlink.Dispose();
            throw;
        }
    }

    /// <summary>The next socket that ended, of whatever kind, listeners too; false when there is none now. Never waits.</summary>
    public bool Read(out SocketEntry entry)
    {
        while (true)
        {
            while (_next < _count)
            {
                NetlinkReader message = new(_batch[_next++]);
                if (message.MoveNext() && message.Current.Type == DiagRequest.SockDiagByFamily
                    && DiagEntryReader.TryRead(message.Current.Payload, Transport.Tcp, _netlink.NamespaceInode, _scratch, out entry))
                {
                    return true;
                }

                _unreadable++;
            }

            (_next, _count) = (0, _batch.Receive(_netlink.Handle));
            if (_count == 0)
            {
                entry = default;
                return false;
            }
        }
    }

    public void Dispose() => _netlink.Dispose();

    private void Enlarge(int length)
    {
        if (Libc.setsockopt(_netlink.Handle, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, in length, sizeof(int)) != 0)
        {
            Set(Libc.SOL_SOCKET, Libc.SO_RCVBUF, length, "enlarge the buffer");
        }
    }

    private void Set(int level, int option, int value, string what)
    {
        if (Libc.setsockopt(_netlink.Handle, level, option, in value, sizeof(int)) != 0)
        {
            throw new SystemCallException($"{what} for notices of destroyed sockets (sock_diag)", Marshal.GetLastPInvokeError());
        }
    }

    private Libc.SocketMemoryInfo Memory()
    {
        uint length = (uint)Unsafe.SizeOf<Libc.SocketMemoryInfo>();
        return Libc.getsockopt(_netlink.Handle, Libc.SOL_SOCKET, Libc.SO_MEMINFO, out Libc.SocketMemoryInfo memory, ref length) == 0
            ? memory
            : throw new SystemCallException("count what is lost of the notices of destroyed sockets (SO_MEMINFO)", Marshal.GetLastPInvokeError());
    }

    private void Join()
    {
        Libc.SockAddrNl groups = new()
        {
            nl_family = Libc.AF_NETLINK,
            nl_groups = (1u << (Libc.SKNLGRP_INET_TCP_DESTROY - 1)) | (1u << (Libc.SKNLGRP_INET6_TCP_DESTROY - 1)),
        };
        if (Libc.bind(_netlink.Handle, in groups, (uint)Unsafe.SizeOf<Libc.SockAddrNl>()) != 0)
        {
            throw new SystemCallException(
                "hear of destroyed sockets (sock_diag's multicast groups)",
                Marshal.GetLastPInvokeError(),
                "check that the kernel is Linux 4.2 or later and has CONFIG_INET_DIAG");
        }
    }
}
