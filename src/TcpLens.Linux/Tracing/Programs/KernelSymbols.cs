using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>Addresses of the kernel's functions, by /proc/kallsyms: some 5 MB of text, read until the name comes.</summary>
internal static class KernelSymbols
{
    /// <summary>Null when there is no such function, or the kernel hides its addresses (kernel.kptr_restrict; cap_syslog shows them).</summary>
    public static unsafe ulong? AddressOf(ReadOnlySpan<byte> name, string path = "/proc/kallsyms")
    {
        using SafeFileHandle file = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (file.IsInvalid)
        {
            return null;
        }

        byte[] buffer = GC.AllocateUninitializedArray<byte>(64 << 10, pinned: true);
        int kept = 0;
        while (true)
        {
            nint got;
            fixed (byte* start = buffer)
            {
                got = Libc.read(file, start + kept, (nuint)(buffer.Length - kept));   // Nothing, when a line is longer than all that fits.
            }

            if (got <= 0)
            {
                return null;
            }

            ReadOnlySpan<byte> text = buffer.AsSpan(0, kept + (int)got);
            int end = text.LastIndexOf((byte)'\n') + 1;
            if (Find(text[..end], name) is { } address)
            {
                return address == 0 ? null : address;
            }

            text[end..].CopyTo(buffer);
            kept = text.Length - end;
        }
    }

    /// <summary>Lines are "ffffffff820089f0 t tw_timer_handler", in a module followed by a tab and its name.</summary>
    private static ulong? Find(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> name)
    {
        for (int start = 0; lines[start..].IndexOf(name) is >= 0 and var at; start += at + 1)
        {
            int place = start + at;
            int after = place + name.Length;
            int lineStart = lines[..place].LastIndexOf((byte)'\n') + 1;
            bool isWhole = place > 0 && lines[place - 1] == ' ' && after < lines.Length && lines[after] is (byte)'\n' or (byte)'\t';
            if (isWhole && Utf8Parser.TryParse(lines[lineStart..place], out ulong address, out int digits, 'x') && digits == 16)
            {
                return address;
            }
        }

        return null;
    }
}
