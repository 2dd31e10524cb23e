using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>Files that others than their owner and group may not read, from their first moment on.</summary>
public static class PrivateFile
{
    private const uint ReadableByGroup = 0b110_100_000;

    /// <summary>Makes a file to write to, or empties the one that is there, which keeps its permissions. A device or a pipe is just opened.</summary>
    /// <exception cref="SystemCallException">It cannot be written there.</exception>
    public static SafeFileHandle Create(string path)
    {
        SafeFileHandle file = Libc.open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_TRUNC | Libc.O_CLOEXEC, ReadableByGroup);
        if (!file.IsInvalid)
        {
            return file;
        }

        int errno = Marshal.GetLastPInvokeError();
        file.Dispose();
        throw new SystemCallException("write to " + path, errno, errno is Libc.EACCES or Libc.EPERM ? "the user it runs as may not: choose another folder, or --user" : "");
    }
}
