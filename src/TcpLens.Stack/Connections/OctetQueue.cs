using System.Buffers;

namespace TcpLens.Stack;

/// <summary>
/// Octets first in, first out, in one piece, so that what is read and what is sent are spans. Room beyond the end can be written before
/// the end gets there: that is where data that arrives out of order waits. The array is rented when there is something to keep, grows
/// by doubling, and goes back when there is nothing.
/// </summary>
internal struct OctetQueue
{
    private const int SmallestArray = 2048;

    private byte[]? _array;
    private int _start;
    private int _extent;

    /// <summary>Octets in the queue.</summary>
    public int Length { get; private set; }

    /// <summary>Octets of memory that it holds.</summary>
    public readonly int Capacity => _array?.Length ?? 0;

    public readonly ReadOnlySpan<byte> Slice(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Length);
        return _array.AsSpan(_start + offset, length);
    }

    public void Append(ReadOnlySpan<byte> octets)
    {
        Write(Length, octets);
        Extend(octets.Length);
    }

    /// <summary>Writes at an offset from the first octet, inside of the queue or beyond its end, which stays where it is.</summary>
    public void Write(int offset, ReadOnlySpan<byte> octets)
    {
        if (octets.Length == 0)
        {
            return;
        }

        int end = offset + octets.Length;
        MakeRoom(end);
        octets.CopyTo(_array.AsSpan(_start + offset));
        _extent = Math.Max(_extent, end);
    }

    /// <summary>What was written beyond the end is in the queue from now on.</summary>
    public void Extend(int octets)
    {
        Length += octets;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Length, _extent);
    }

    public void RemoveFirst(int octets)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)octets, (uint)Length);
        _start += octets;
        Length -= octets;
        _extent -= octets;
        if (_extent == 0)
        {
            Clear();
        }
    }

    public void Clear()
    {
        if (_array is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        this = default;
    }

    private void MakeRoom(int end)
    {
        byte[] array = _array ?? [];
        if (_start + end <= array.Length)
        {
            return;
        }

        if (end > array.Length / 2)
        {
            array = ArrayPool<byte>.Shared.Rent(Math.Max(2 * end, SmallestArray));
        }

        _array.AsSpan(_start, _extent).CopyTo(array);
        if (_array is { } old && old != array)
        {
            ArrayPool<byte>.Shared.Return(old);
        }

        (_array, _start) = (array, 0);
    }
}
