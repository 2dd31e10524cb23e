using System.Buffers;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A file of /sys as memory, without a copy. The kernel's types can be mapped since Linux 6.16; that costs a hundredth of reading them
/// (measured: 0.06 ms against 7 ms, nearly all of it page faults of the buffer read into).
/// </summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly nint _start;
    private readonly int _length;
    private bool _isUnmapped;

    private MappedFile(nint start, int length)
    {
        _start = start;
        _length = length;
    }

    /// <summary>Null when it cannot be mapped; it may still be readable.</summary>
    public static MappedFile? TryMap(string path)
    {
        using SafeFileHandle file = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (file.IsInvalid
            || Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) != 0
            || status.stx_size is 0 or > int.MaxValue)
        {
            return null;
        }

        nint start = Libc.mmap(null, (nuint)status.stx_size, Libc.PROT_READ, Libc.MAP_PRIVATE, file, 0);
        return start == Libc.MAP_FAILED ? null : new MappedFile(start, (int)status.stx_size);
    }

    public override Span<byte> GetSpan() => new((void*)_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (!_isUnmapped)
        {
            _isUnmapped = true;
            _ = Libc.munmap(_start, (nuint)_length);
        }
    }
}
