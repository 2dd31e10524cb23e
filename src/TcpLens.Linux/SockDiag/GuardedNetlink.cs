using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// A netlink conversation through a helper process (<see cref="NetlinkPump"/>), for questions that can hang in the kernel. Each
/// <see cref="Send"/> starts a helper with the requests; <see cref="Receive"/> waits for its next datagram, but not for ever.
/// </summary>
internal sealed class GuardedNetlink(NetworkNamespace place) : INetlink
{
    /// <summary>Longer than a loaded machine needs to start the helper; shorter than the patience of who waits.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private HelperProcess? _helper;

    public uint NamespaceInode => place.Inode;

    /// <param name="message">One request, or several one after the other.</param>
    public void Send(ReadOnlySpan<byte> message)
    {
        Dispose();
        using SafeFileHandle requests = FileInMemory(message);
        _helper = place.IsOwn
            ? HelperProcess.StartSelf([NetlinkPump.Verb], requests)
            : NamespaceScope.Run(place, () => HelperProcess.StartSelf([NetlinkPump.Verb], requests));
    }

    /// <exception cref="TimeoutException">The helper hangs: somebody sleeps with the lock of the socket it asks for.</exception>
    public int Receive(Span<byte> buffer) => _helper?.ReadMessage(buffer, Patience) ?? 0;

    public void Dispose()
    {
        _helper?.Dispose();
        _helper = null;
    }

    /// <summary>The helper reads the requests from the start: they are written by position, so the offset they share stays 0.</summary>
    private static SafeFileHandle FileInMemory(ReadOnlySpan<byte> content)
    {
        int fd = Libc.memfd_create("tcplens-requests", Libc.MFD_CLOEXEC);
        if (fd < 0)
        {
            throw new SystemCallException("make a file in memory", Marshal.GetLastPInvokeError());
        }

        var file = new SafeFileHandle(fd, ownsHandle: true);
        RandomAccess.Write(file, content, fileOffset: 0);
        return file;
    }
}
