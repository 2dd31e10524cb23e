using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TcpLens.Linux.Tests;

/// <summary>
/// A connected socket whose lock a task holds while it sleeps: it receives into a page that is not there, and the one who should bring
/// the page (userfaultfd(2): we) does not, until disposed. What asks the kernel for that socket's lock waits as long.
/// </summary>
internal sealed class LockedSocket : IDisposable
{
    private const nint PageLength = 4096;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const nuint UffdioApi = 0xc018aa3f;
    private const nuint UffdioRegister = 0xc020aa00;
    private const nuint UffdioZeroPage = 0xc020aa04;
    private const ulong ApiVersion = 0xaa;
    private const ulong MissingPages = 1;

    private readonly Socket _receiver;
    private readonly int _faults;
    private readonly nint _page;
    private readonly Thread _sleeper;

    public LockedSocket(Socket listener)
    {
        using Socket sender = TestSockets.ConnectTo(listener);
        _receiver = listener.Accept();
        sender.Send(new byte[1]);

        _faults = (int)syscall(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 323 : 282, 0);
        Assert.True(_faults > 0, $"userfaultfd: {Marshal.GetLastPInvokeErrorMessage()}");
        _page = mmap(0, PageLength, ReadWrite, PrivateAnonymous, -1, 0);
        ulong[] api = [ApiVersion, 0, 0];
        Assert.Equal(0, ioctl(_faults, UffdioApi, api));
        ulong[] register = [(ulong)_page, (ulong)PageLength, MissingPages, 0];
        Assert.Equal(0, ioctl(_faults, UffdioRegister, register));

        int descriptor = _receiver.Descriptor();
        _sleeper = new Thread(() => recv(descriptor, _page, PageLength, 0)) { IsBackground = true };
        _sleeper.Start();
        Assert.Equal(32, read(_faults, new byte[32], 32));   // The fault is there: from now on the lock is held by a sleeper.
    }

    public void Dispose()
    {
        ulong[] zeroPage = [(ulong)_page, (ulong)PageLength, 0, 0];
        _ = ioctl(_faults, UffdioZeroPage, zeroPage);
        _sleeper.Join();
        _ = close(_faults);
        _ = munmap(_page, PageLength);
        _receiver.Dispose();
    }

    [DllImport("libc", SetLastError = true)]
    private static extern nint syscall(nint number, nint argument);

    [DllImport("libc", SetLastError = true)]
    private static extern nint mmap(nint address, nint length, int protection, int flags, int fd, nint offset);

    [DllImport("libc", SetLastError = true)]
    private static extern int munmap(nint address, nint length);

    [DllImport("libc", SetLastError = true)]
    private static extern int ioctl(int fd, nuint request, ulong[] argument);

    [DllImport("libc", SetLastError = true)]
    private static extern nint recv(int fd, nint buffer, nint length, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint read(int fd, byte[] buffer, nint length);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int fd);
}
