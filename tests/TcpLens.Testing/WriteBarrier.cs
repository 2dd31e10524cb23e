using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Testing;

/// <summary>
/// A file that anybody may read, and at which whoever opens it for writing waits (a read lease, fcntl(2)): the place where a program
/// can be killed half-way, without luck. Bind-mount it over the file that the program will write.
/// </summary>
public sealed class WriteBarrier : IDisposable
{
    private readonly SafeFileHandle _lease;

    public WriteBarrier(string text)
    {
        Path = System.IO.Path.GetTempFileName();
        File.WriteAllText(Path, text);
        _lease = File.OpenHandle(Path);

        // The kernel tells the holder when somebody waits; the signal is one that nobody minds.
        if (Libc.fcntl(_lease, Libc.F_SETSIG, Libc.SIGURG) != 0 || Libc.fcntl(_lease, Libc.F_SETLEASE, Libc.F_RDLCK) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"no lease on {Path}");
        }
    }

    public string Path { get; }

    /// <summary>True once somebody waits: the lease is then about to be broken, down to none.</summary>
    public bool SomebodyWaits => Libc.fcntl(_lease, Libc.F_GETLEASE, 0) == Libc.F_UNLCK;

    public void Dispose()
    {
        _lease.Dispose();
        File.Delete(Path);
    }
}
