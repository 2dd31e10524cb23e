using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>Memory that programs in the kernel share with each other and with us; it goes when the last handle and program do.</summary>
internal sealed class BpfMap : IDisposable
{
    private const int BatchLength = 4096;

    private readonly SafeFileHandle _handle;

    private BpfMap(SafeFileHandle handle) => _handle = handle;

    public uint Descriptor => BpfProgram.Descriptor(_handle);

    public SafeFileHandle Handle => _handle;

    /// <summary>One value that all processors share, all zeros.</summary>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public static BpfMap Single(int valueLength) => Create(Libc.BPF_MAP_TYPE_ARRAY, sizeof(uint), valueLength, 1, 0);

    /// <summary>A few values for each processor, all zeros.</summary>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public static BpfMap PerProcessor(int valueLength, int values) => Create(Libc.BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(uint), valueLength, values, 0);

    /// <summary>A table by eight octets. Its entries take memory when they come; where a kernel before 6.1 has no such table for tracing, a small one beforehand.</summary>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public static BpfMap Table(int valueLength, int most, int mostBeforehand)
    {
        try
        {
            return Create(Libc.BPF_MAP_TYPE_HASH, sizeof(ulong), valueLength, most, Libc.BPF_F_NO_PREALLOC);
        }
        catch (SystemCallException)
        {
            return Create(Libc.BPF_MAP_TYPE_HASH, sizeof(ulong), valueLength, mostBeforehand, 0);
        }
    }

    /// <param name="length">Octets; a power of two, and a multiple of a page.</param>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public static BpfMap Ring(int length) => Create(Libc.BPF_MAP_TYPE_RINGBUF, 0, 0, length, 0);

    /// <summary>Reads one value; of a map per processor those of all possible ones, each to a multiple of eight octets.</summary>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public unsafe void Read(Span<ulong> value, uint key = 0)
    {
        fixed (ulong* into = value)
        {
            Libc.BpfAttr lookup = new() { map_fd = Descriptor, key = (ulong)&key, value = (ulong)into };
            if (Libc.bpf(Libc.BPF_MAP_LOOKUP_ELEM, &lookup, (uint)sizeof(Libc.BpfAttr)) != 0)
            {
                throw new SystemCallException("read a BPF map", Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>
    /// Takes those entries out of a table by eight octets whose values are chosen. Programs go on meanwhile: what comes may be looked at or
    /// not, and an entry may be put to new use between the look and its removal.
    /// </summary>
    /// <returns>How many went.</returns>
    /// <exception cref="SystemCallException">The kernel refused; before Linux 5.6 it always does.</exception>
    public unsafe int RemoveWhere(int valueLength, Func<ReadOnlySpan<byte>, bool> isChosen)
    {
        ulong[] keys = new ulong[BatchLength];
        byte[] values = new byte[BatchLength * valueLength];
        uint place = 0;
        int removed = 0;
        bool isFirst = true, isLast = false;
        fixed (ulong* key = keys)
        fixed (byte* value = values)
        {
            while (!isLast)
            {
                Libc.BpfAttr look = new()
                {
                    in_batch = isFirst ? 0 : (ulong)&place,
                    out_batch = (ulong)&place,
                    batch_keys = (ulong)key,
                    batch_values = (ulong)value,
                    batch_count = BatchLength,
                    batch_map_fd = Descriptor,
                };
                isLast = Libc.bpf(Libc.BPF_MAP_LOOKUP_BATCH, &look, (uint)sizeof(Libc.BpfAttr)) != 0;
                if (isLast && Marshal.GetLastPInvokeError() is not Libc.ENOENT and var errno)
                {
                    throw new SystemCallException("read a BPF map", errno);
                }

                isFirst = false;
                int chosen = 0;
                for (int i = 0; i < look.batch_count; i++)
                {
                    keys[chosen] = keys[i];
                    chosen += isChosen(values.AsSpan(i * valueLength, valueLength)) ? 1 : 0;
                }

                Libc.BpfAttr remove = new() { batch_keys = (ulong)key, batch_count = (uint)chosen, batch_map_fd = Descriptor };
                removed += chosen > 0 && Libc.bpf(Libc.BPF_MAP_DELETE_BATCH, &remove, (uint)sizeof(Libc.BpfAttr)) == 0 ? chosen : 0;
            }
        }

        return removed;
    }

    public void Dispose() => _handle.Dispose();

    private static unsafe BpfMap Create(uint type, int keyLength, int valueLength, int most, uint flags)
    {
        Libc.BpfAttr create = new()
        {
            map_type = type,
            key_size = (uint)keyLength,
            value_size = (uint)valueLength,
            max_entries = (uint)most,
            map_flags = flags,
        };
        return new BpfMap(BpfProgram.Handle(Libc.bpf(Libc.BPF_MAP_CREATE, &create, (uint)sizeof(Libc.BpfAttr)), "make a BPF map"));
    }
}
