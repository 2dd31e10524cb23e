using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Interop;

/// <summary>
/// Files of /proc and /sys: small, gone at any time, and without a length. Answers are values, because most of them may be missing;
/// a failure is minus the errno.
/// </summary>
internal static unsafe class SmallFile
{
    private const int PathMax = 4096;

    /// <summary>A path as the kernel wants it: UTF-8 with a 0 behind it.</summary>
    public static byte[] Path(string path) => Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>Reads as much as the buffer holds. Allocates nothing.</summary>
    /// <param name="path">From <see cref="Path"/>.</param>
    /// <param name="buffer">Full afterwards means there may be more.</param>
    public static int Read(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        int fd;
        fixed (byte* name = path)
        {
            fd = Libc.open(name);
        }

        if (fd < 0)
        {
            return -Marshal.GetLastPInvokeError();
        }

        int length = ReadToEnd(fd, buffer);
        _ = Libc.close(fd);
        return length;
    }

    public static int Read(string path, Span<byte> buffer) => Read(Path(path), buffer);

    /// <summary>The text of a small file without the blanks around it; null when it cannot be read or is not smaller than 4 KiB.</summary>
    public static string? ReadText(string path)
    {
        Span<byte> buffer = stackalloc byte[PathMax];
        int length = Read(path, buffer);
        return length < 0 || length == buffer.Length ? null : Encoding.UTF8.GetString(buffer[..length].Trim(" \t\r\n"u8));
    }

    /// <summary>All of a file of at most <paramref name="limit"/> octets; null when it cannot be read or is longer.</summary>
    public static byte[]? ReadAll(string path, int limit)
    {
        byte[] name = Path(path);
        for (int size = Math.Min(PathMax, limit + 1); ; size = Math.Min(size * 4, limit + 1))
        {
            byte[] buffer = new byte[size];
            int length = Read(name, buffer);
            if (length < 0 || length > limit)
            {
                return null;
            }

            if (length < size)
            {
                return buffer[..length];
            }
        }
    }

    /// <summary>All of an open file of at most <paramref name="limit"/> octets; null when it cannot be read or is longer.</summary>
    public static byte[]? ReadAll(SafeFileHandle file, int limit)
    {
        byte[] buffer = new byte[limit + 1];
        int length = ReadToEnd((int)file.DangerousGetHandle(), buffer);
        return length < 0 || length > limit ? null : buffer[..length];
    }

    /// <summary>Where a link points; the number of octets written, or minus the errno.</summary>
    public static int ReadLink(ReadOnlySpan<byte> path, Span<byte> target)
    {
        fixed (byte* name = path)
        fixed (byte* buffer = target)
        {
            int length = (int)Libc.readlink(name, buffer, (nuint)target.Length);
            return length < 0 ? -Marshal.GetLastPInvokeError() : length;
        }
    }

    /// <summary>
    /// Device and inode of what the path leads to; zeros when it leads nowhere. Neither ever changes, so no server of a network
    /// file system is asked, which could block.
    /// </summary>
    public static Libc.FileIdentity Identity(ReadOnlySpan<byte> path)
    {
        Libc.FileIdentity identity;
        fixed (byte* name = path)
        {
            return Libc.statx(-1, name, Libc.AT_STATX_DONT_SYNC, Libc.STATX_INO, &identity) == 0 ? identity : default;
        }
    }

    private static int ReadToEnd(int fd, Span<byte> buffer)
    {
        int length = 0;
        fixed (byte* start = buffer)
        {
            while (length < buffer.Length)
            {
                int taken = (int)Libc.read(fd, start + length, (nuint)(buffer.Length - length));
                if (taken < 0)
                {
                    int errno = Marshal.GetLastPInvokeError();
                    if (errno == Libc.EINTR)
                    {
                        continue;
                    }

                    return -errno;
                }

                if (taken == 0)
                {
                    break;
                }

                length += taken;
            }
        }

        return length;
    }

    /// <summary>The whole of a file whose size the file system tells (which /sys does and /proc does not); null when unreadable.</summary>
    public static byte[]? ReadSized(string path)
    {
        const ulong Most = 256 << 20;
        if (Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) != 0 || status.stx_size > Most)
        {
            return null;
        }

        byte[] octets = GC.AllocateUninitializedArray<byte>((int)status.stx_size);
        int length = Read(path, octets);
        return length < 0 ? null : length == octets.Length ? octets : octets[..length];
    }

    /// <summary>Inode number of a file or folder; null when it is not there.</summary>
    public static ulong? InodeOf(string path)
        => Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) == 0 ? status.stx_ino : null;
}
