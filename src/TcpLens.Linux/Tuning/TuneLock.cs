using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>One change at a time: held while the journal, the settings and the file are written. It ends with the process, whatever ends that.</summary>
public sealed class TuneLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SafeFileHandle _file;

    private TuneLock(SafeFileHandle file) => _file = file;

    /// <summary>Waits up to ten seconds for another change to end; each takes milliseconds.</summary>
    /// <exception cref="SystemCallException">The lock cannot be made, or somebody holds it for long.</exception>
    public static TuneLock Take(TunePaths paths)
    {
        SafeFileHandle file = DurableFile.OpenLock(paths.Lock);
        for (TimeSpan waited = default; Libc.flock(file, Libc.LOCK_EX | Libc.LOCK_NB) != 0; waited += Pause)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno is not (Libc.EAGAIN or Libc.EINTR) || waited > Patience)
            {
                file.Dispose();
                throw new SystemCallException("lock " + paths.Lock, errno, "another tcplens changes settings; see: tcplens tune journal");
            }

            Thread.Sleep(Pause);
        }

        return new TuneLock(file);
    }

    /// <summary>True while somebody changes settings, so that what looks interrupted is under way.</summary>
    public static bool IsHeld(TunePaths paths)
    {
        using SafeFileHandle file = Libc.open(paths.Lock, Libc.O_RDONLY | Libc.O_CLOEXEC);
        return !file.IsInvalid && Libc.flock(file, Libc.LOCK_SH | Libc.LOCK_NB) != 0;
    }

    public void Dispose() => _file.Dispose();
}
