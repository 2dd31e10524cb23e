using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// Netlink datagrams that are there already, many by one call (recvmmsg(2)), in memory that is taken once. Only what the kernel
/// itself sent counts: an administrator of the namespace could send to our port too.
/// </summary>
internal sealed unsafe class DatagramBatch
{
    private const int Datagrams = 64;
    private const int LengthMax = 1024;   // A notice has 380 octets in Linux 6.18; tcp_info grows by some tens in a year.

    private readonly byte[] _octets = GC.AllocateArray<byte>(Datagrams * LengthMax, pinned: true);
    private readonly Libc.SockAddrNl[] _senders = GC.AllocateArray<Libc.SockAddrNl>(Datagrams, pinned: true);
    private readonly Libc.IoVec[] _places = GC.AllocateArray<Libc.IoVec>(Datagrams, pinned: true);
    private readonly Libc.MMsgHdr[] _messages = GC.AllocateArray<Libc.MMsgHdr>(Datagrams, pinned: true);

    public DatagramBatch()
    {
        for (int i = 0; i < Datagrams; i++)
        {
            _places[i] = new() { iov_base = Address(ref _octets[i * LengthMax]), iov_len = LengthMax };
            _messages[i].msg_hdr = new() { msg_name = Address(ref _senders[i]), msg_iov = (Libc.IoVec*)Address(ref _places[i]), msg_iovlen = 1 };
        }
    }

    /// <summary>Cut off at its length when it was too long; empty when it did not come from the kernel.</summary>
    public ReadOnlySpan<byte> this[int index] => _senders[index].nl_pid != 0
        ? []
        : _octets.AsSpan(index * LengthMax, (int)_messages[index].msg_len);

    /// <summary>Reads what is there, in place of what was read before; 0 when nothing is.</summary>
    /// <returns>Datagrams read.</returns>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public int Receive(SafeFileHandle socket)
    {
        for (int i = 0; i < Datagrams; i++)
        {
            _messages[i].msg_hdr.msg_namelen = (uint)sizeof(Libc.SockAddrNl);
        }

        int count;
        do
        {
            count = Libc.recvmmsg(socket, (Libc.MMsgHdr*)Address(ref _messages[0]), Datagrams, Libc.MSG_DONTWAIT, null);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);

        return count >= 0 ? count
            : Marshal.GetLastPInvokeError() is Libc.EAGAIN ? 0
            : throw new SystemCallException("read the kernel's notices of destroyed sockets", Marshal.GetLastPInvokeError());
    }

    private static void* Address<T>(ref T pinned)
        where T : unmanaged => Unsafe.AsPointer(ref pinned);
}
