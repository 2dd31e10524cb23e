using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// The entries of a folder whose names are numbers, which is all that matters in /proc and /proc/PID/fd; read by getdents64 into the
/// caller's buffer, so that nothing is allocated however many there are.
/// </summary>
internal ref struct NumberedEntries(SafeFileHandle folder, Span<byte> buffer)
{
    private const int LengthOffset = 16;   // struct linux_dirent64: inode, position, length, type, name.
    private const int NameOffset = 19;

    private readonly Span<byte> _buffer = buffer;
    private ReadOnlySpan<byte> _rest;

    public int Current { get; private set; }

    /// <summary>The current name as the kernel wrote it: digits and a zero.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    public bool MoveNext()
    {
        while (true)
        {
            if (_rest.IsEmpty && !Fill())
            {
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[LengthOffset..]);
            Name = _rest[NameOffset..length];
            _rest = _rest[length..];
            if (Number(Name) is >= 0 and var number)
            {
                Current = number;
                return true;
            }
        }
    }

    /// <summary>The digits a text begins with, as a number; -1 when there are none, or more than fit.</summary>
    internal static int Number(ReadOnlySpan<byte> text)
    {
        int value = -1;
        foreach (byte octet in text)
        {
            if ((uint)(octet - '0') > 9)
            {
                break;
            }

            value = (10 * Math.Max(value, 0)) + (octet - '0');
            if (value > 400_000_000)
            {
                return -1;
            }
        }

        return value;
    }

    private unsafe bool Fill()
    {
        fixed (byte* start = _buffer)
        {
            nint length = Libc.getdents64(folder, start, (nuint)_buffer.Length);
            _rest = _buffer[..(int)Math.Max(0, length)];
            return length > 0;
        }
    }
}
