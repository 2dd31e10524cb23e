using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TcpLens.Observation;

/// <summary>
/// Records one after the other, as they stand in a kernel's BPF ring and in trace files: eight octets of head, of which the first
/// four are the length (its two upper bits are the ring's own), then the record, to a multiple of eight. Foreign octets: whatever
/// does not fit ends the batch and is counted, never thrown.
/// <code>
/// foreach (ref readonly TraceRecord record in new TraceBatch(octets)) { … }
/// </code>
/// </summary>
public ref struct TraceBatch(ReadOnlySpan<byte> octets)
{
    public const int HeadLength = 8;

    private const uint LengthMask = 0x3fff_ffff;   // BPF_RINGBUF_BUSY_BIT and BPF_RINGBUF_DISCARD_BIT cut off (linux/bpf.h).

    private readonly ReadOnlySpan<byte> _octets = octets;
    private int _at;
    private int _current;
    private int _length;

    /// <summary>Octets that whole records took.</summary>
    public readonly int Consumed => _at;

    public readonly ref readonly TraceRecord Current => ref MemoryMarshal.AsRef<TraceRecord>(_octets[_current..]);

    /// <summary>What follows the current record, when it is the end of a life; zeros otherwise.</summary>
    public readonly LifeTail Tail => _length >= TraceRecord.Length + LifeTail.Length
        ? MemoryMarshal.Read<LifeTail>(_octets[(_current + TraceRecord.Length)..])
        : default;

    public readonly TraceBatch GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_octets.Length - _at < HeadLength)
        {
            return false;
        }

        int length = LengthOf(_octets[_at..]);
        int whole = SizeOf(length);
        if (length < TraceRecord.Length || whole > _octets.Length - _at)
        {
            return false;
        }

        (_current, _length) = (_at + HeadLength, length);
        _at += whole;
        return true;
    }

    /// <summary>Length of the record behind a head.</summary>
    public static int LengthOf(ReadOnlySpan<byte> head) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(head) & LengthMask);

    /// <summary>Octets that a record of that length takes with its head.</summary>
    public static int SizeOf(int length) => checked((length + HeadLength + 7) & ~7);

    /// <summary>Writes a record with its head; the octets must have room for <see cref="SizeOf"/>.</summary>
    /// <returns>Octets written.</returns>
    public static int Write(Span<byte> octets, in TraceRecord record)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(octets, TraceRecord.Length);
        MemoryMarshal.Write(octets[HeadLength..], in record);
        return HeadLength + TraceRecord.Length;
    }

    public static int Write(Span<byte> octets, in TraceRecord record, in LifeTail tail)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(octets, TraceRecord.Length + LifeTail.Length);
        MemoryMarshal.Write(octets[HeadLength..], in record);
        MemoryMarshal.Write(octets[(HeadLength + TraceRecord.Length)..], in tail);
        return HeadLength + TraceRecord.Length + LifeTail.Length;
    }
}
