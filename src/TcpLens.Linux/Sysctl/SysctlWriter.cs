using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>Writes kernel settings by their dotted names; net.* are those of the calling thread's network namespace.</summary>
public sealed class SysctlWriter(string proc = "/proc")
{
    private readonly SysctlReader _reader = new(proc);

    /// <summary>True when the setting exists here and is not read-only by its mode; permission is another matter.</summary>
    public bool IsWritable(string key)
        => _reader.PathOf(key) is { } path
            && Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) == 0
            && (status.stx_mode & Libc.S_IWUSR) != 0;

    /// <summary>
    /// Writes a value. That the kernel took it does not mean that it kept it: some are rounded or cut; who wants to know reads it back.
    /// </summary>
    /// <exception cref="SystemCallException">The kernel refused the value (EINVAL), or the writing (EACCES, EROFS, …).</exception>
    public unsafe void Write(string key, string value)
    {
        if (_reader.PathOf(key) is not { } path)
        {
            throw Failure(key, value, Libc.ENOENT);
        }

        using SafeFileHandle file = Libc.open(path, Libc.O_WRONLY | Libc.O_TRUNC | Libc.O_CLOEXEC);
        if (file.IsInvalid)
        {
            throw Failure(key, value, Marshal.GetLastPInvokeError());
        }

        // In one write, as each is a whole value to the kernel; and with a line end, without which an empty one would write nothing.
        byte[] octets = Encoding.UTF8.GetBytes(value + '\n');
        fixed (byte* start = octets)
        {
            if (Libc.write(file, start, (nuint)octets.Length) != octets.Length)
            {
                throw Failure(key, value, Marshal.GetLastPInvokeError());
            }
        }
    }

    private static SystemCallException Failure(string key, string value, int errno) => new($"set {key} to \"{value}\"", errno, errno switch
    {
        Libc.EINVAL => "the kernel refuses this value",
        Libc.ENOENT => "this kernel has no such setting in this namespace",
        Libc.EROFS => "/proc/sys is mounted read-only, as in most containers; run on the host, with --netns for the container's",
        Libc.EACCES or Libc.EPERM => "that needs root, or cap_net_admin in the user namespace that owns the network namespace: run with sudo",
        _ => "",
    });
}
