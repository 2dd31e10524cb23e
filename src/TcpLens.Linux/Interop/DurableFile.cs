using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Interop;

/// <summary>Small files that are whole after a crash: either as they were, or as they were meant to become.</summary>
internal static class DurableFile
{
    /// <summary>rw-r--r--: what was changed on a machine is no secret to its users.</summary>
    private const uint ReadableByAll = 0b110_100_100;

    private const uint EnterableByAll = 0b111_101_101;

    /// <summary>Adds to the end of a file, which is made with its folder when it is not there, and waits for the disk.</summary>
    /// <exception cref="SystemCallException">It could not be written.</exception>
    public static void Append(string path, string text)
    {
        bool isNew = !File.Exists(path);
        MakeFolder(Path.GetDirectoryName(path)!);
        Write(path, Libc.O_APPEND, text);
        if (isNew)
        {
            SyncFolder(path);
        }
    }

    /// <summary>Puts a new file in the place of an old one, in one step that no crash divides.</summary>
    /// <exception cref="SystemCallException">It could not be written; the old one stands.</exception>
    public static void Replace(string path, string text)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        string fresh = $"{Path.GetDirectoryName(path)}/.{Path.GetFileName(path)}.new";   // A name that no reader of *.conf takes.
        Write(fresh, Libc.O_TRUNC, text);
        if (Libc.rename(fresh, path) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            _ = Libc.unlink(fresh);
            throw new SystemCallException("replace " + path, errno);
        }

        SyncFolder(path);
    }

    /// <summary>Removes a file; one that is not there is removed already.</summary>
    /// <exception cref="SystemCallException">It could not be removed.</exception>
    public static void Remove(string path)
    {
        if (Libc.unlink(path) != 0 && Marshal.GetLastPInvokeError() is not Libc.ENOENT and var errno)
        {
            throw new SystemCallException("remove " + path, errno);
        }

        SyncFolder(path);
    }

    /// <summary>Opens a file to lock it by, and makes it when it is not there.</summary>
    /// <exception cref="SystemCallException">It could not be made.</exception>
    public static SafeFileHandle OpenLock(string path)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        return Open(path, Libc.O_WRONLY | Libc.O_CREAT);
    }

    private static unsafe void Write(string path, int flag, string text)
    {
        using SafeFileHandle file = Open(path, Libc.O_WRONLY | Libc.O_CREAT | flag);
        byte[] octets = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = octets)
        {
            for (int done = 0; done < octets.Length;)
            {
                nint written = Libc.write(file, start + done, (nuint)(octets.Length - done));
                if (written < 0 && Marshal.GetLastPInvokeError() is not Libc.EINTR and var errno)
                {
                    throw new SystemCallException("write " + path, errno);
                }

                done += (int)Math.Max(written, 0);
            }
        }

        if (Libc.fsync(file) != 0)
        {
            throw new SystemCallException("write " + path, Marshal.GetLastPInvokeError());
        }
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        SafeFileHandle file = Libc.open(path, flags | Libc.O_CLOEXEC, ReadableByAll);
        return !file.IsInvalid ? file : throw Refused("write " + path, Marshal.GetLastPInvokeError());
    }

    private static void MakeFolder(string path)
    {
        if (path.Length <= 1 || Directory.Exists(path))
        {
            return;
        }

        MakeFolder(Path.GetDirectoryName(path)!);
        if (Libc.mkdir(path, EnterableByAll) != 0 && Marshal.GetLastPInvokeError() is not Libc.EEXIST and var errno)
        {
            throw Refused("make the folder " + path, errno);
        }
    }

    /// <summary>A new name, and one that is gone, are only safe when the folder is written too. Where it may not be, the file stands anyway.</summary>
    private static void SyncFolder(string path)
    {
        using SafeFileHandle folder = Libc.open(Path.GetDirectoryName(path)!, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (!folder.IsInvalid)
        {
            _ = Libc.fsync(folder);
        }
    }

    private static SystemCallException Refused(string tried, int errno)
        => new(tried, errno, errno is Libc.EACCES or Libc.EPERM ? "run with sudo" : "");
}
