using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// The reading end of a BPF ring (kernel/bpf/ringbuf.c): one queue for all processors, in the order in which programs began to write.
/// The kernel maps the data twice in a row, so that what wraps around still is one span. It is read without a system call.
/// </summary>
internal sealed unsafe class BpfRing : IDisposable
{
    private const uint Busy = 1u << 31;   // BPF_RINGBUF_BUSY_BIT: still being written.
    private const uint LengthMask = 0x3fff_ffff;
    private const int HeadLength = 8;

    private readonly nuint _length;
    private readonly nuint _page = (nuint)Environment.SystemPageSize;
    private readonly nint _consumer;
    private readonly nint _producer;
    private ulong _taken;

    /// <param name="map">A ring map.</param>
    /// <param name="length">Its length in octets.</param>
    /// <exception cref="SystemCallException">It cannot be mapped.</exception>
    public BpfRing(BpfMap map, int length)
    {
        _length = (nuint)length;
        _consumer = Map(map, _page, Libc.PROT_READ | Libc.PROT_WRITE, 0);
        try
        {
            _producer = Map(map, _page + (2 * _length), Libc.PROT_READ, (nint)_page);
        }
        catch (SystemCallException)
        {
            _ = Libc.munmap(_consumer, _page);
            throw;
        }
    }

    private ref ulong ConsumerPosition => ref *(ulong*)_consumer;

    /// <summary>Everything that is written in whole; empty when there is nothing.</summary>
    public ReadOnlySpan<byte> Take()
    {
        ulong start = ConsumerPosition;
        ulong end = Volatile.Read(ref *(ulong*)_producer);
        byte* data = (byte*)_producer + _page + (nuint)(start & (_length - 1));
        int taken = 0;
        while (start + (ulong)taken < end)
        {
            uint head = Volatile.Read(ref *(uint*)(data + taken));
            if ((head & Busy) != 0)
            {
                break;
            }

            taken += (int)(((head & LengthMask) + HeadLength + 7) & ~7u);
        }

        _taken = (ulong)taken;
        return new ReadOnlySpan<byte>(data, taken);
    }

    /// <summary>Lets the kernel write where the last <see cref="Take"/> was.</summary>
    public void Release()
    {
        Volatile.Write(ref ConsumerPosition, ConsumerPosition + _taken);
        _taken = 0;
    }

    public void Dispose()
    {
        _ = Libc.munmap(_consumer, _page);
        _ = Libc.munmap(_producer, _page + (2 * _length));
    }

    private static nint Map(BpfMap map, nuint length, int protection, nint offset)
    {
        nint start = Libc.mmap(null, length, protection, Libc.MAP_SHARED, map.Handle, offset);
        return start != Libc.MAP_FAILED ? start : throw new SystemCallException("map the BPF ring", Marshal.GetLastPInvokeError());
    }
}
