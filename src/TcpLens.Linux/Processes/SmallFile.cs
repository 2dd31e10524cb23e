using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>Files of /proc and /sys, whose length is only known when they have been read. Missing or forbidden is an answer here.</summary>
internal static class SmallFile
{
    /// <summary>Reads as much as fits; -1 when the file cannot be opened or read (a process that just ended, for one).</summary>
    public static unsafe int Read(string path, Span<byte> buffer)
    {
        using SafeFileHandle file = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (file.IsInvalid)
        {
            return -1;
        }

        int length = 0;
        fixed (byte* start = buffer)
        {
            while (length < buffer.Length)
            {
                nint got = Libc.read(file, start + length, (nuint)(buffer.Length - length));
                if (got < 0)
                {
                    return -1;
                }

                if (got == 0)
                {
                    break;
                }

                length += (int)got;
            }
        }

        return length;
    }

    /// <summary>The whole of a file whose size the file system tells (which /sys does and /proc does not); null when unreadable.</summary>
    public static byte[]? TryReadAll(string path)
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
}
