using System.Buffers.Binary;

namespace TcpLens.Linux;

/// <summary>
/// The reading end of one processor's perf ring (linux/perf_event.h, struct perf_event_mmap_page): records in the order in which they
/// were written. The kernel writes at the head and stops at our tail; what found no room it counts.
/// <code>
/// ring.Look();
/// while (ring.HasCurrent) { … ring.Current …; ring.Pass(); }
/// ring.Release();
/// </code>
/// </summary>
internal sealed unsafe class PerfRing
{
    private const int HeadPlace = 1024;
    private const int TailPlace = 1032;
    private const int LongestRecord = 512;   // No record of the events opened here is longer.

    private readonly nint _start;
    private readonly nint _data;
    private readonly ulong _length;
    private readonly byte[] _wrapped = new byte[LongestRecord];
    private ulong _head;
    private ulong _at;
    private ulong _samples;
    private int _currentLength;

    /// <param name="start">The page before the data.</param>
    /// <param name="length">Octets of data, a power of two; they follow the page.</param>
    public PerfRing(nint start, int length)
    {
        _start = start;
        _data = start + Environment.SystemPageSize;
        _length = (ulong)length;
        _at = *(ulong*)(start + TailPlace);
    }

    /// <summary>Losses that the kernel told in the ring, which it does when there is room again.</summary>
    public ulong Lost { get; private set; }

    /// <summary>True when the ring was so full that the next record may have found no room.</summary>
    public bool WasFull { get; private set; }

    public bool HasCurrent => _currentLength > 0;

    /// <summary>When the current record was written.</summary>
    public ulong Time { get; private set; }

    public PerfRecord Current => new(Octets(_at, _currentLength));

    /// <summary>What the same processor wrote next; nothing when that has not been looked at.</summary>
    public PerfRecord Following => new(Octets(_at + (ulong)_currentLength, LengthAt(_at + (ulong)_currentLength)));

    /// <summary>Looks how far the kernel has come.</summary>
    public void Look()
    {
        _head = Volatile.Read(ref *(ulong*)(_start + HeadPlace));
        WasFull |= _head - _at > _length - LongestRecord;
        if (!HasCurrent)
        {
            Take();
        }
    }

    /// <summary>Goes to the next record.</summary>
    public void Pass()
    {
        _at += (ulong)_currentLength;
        Take();
    }

    /// <summary>Samples that the kernel has written since the beginning, whether they have been passed or not.</summary>
    public ulong CountSamples()
    {
        Look();
        ulong samples = _samples;
        int length;
        for (ulong at = _at + (ulong)_currentLength; (length = LengthAt(at)) > 0; at += (ulong)length)
        {
            samples += IsSample(new PerfRecord(Octets(at, length)));
        }

        return samples;
    }

    /// <summary>Lets the kernel write where the records were that have been passed.</summary>
    public void Release() => Volatile.Write(ref *(ulong*)(_start + TailPlace), _at);

    private void Take()
    {
        while ((_currentLength = LengthAt(_at)) > 0)
        {
            PerfRecord record = Current;
            if (record.Type != PerfRecordType.Lost)
            {
                Time = record.Time;
                _samples += IsSample(record);
                return;
            }

            Lost += record.Lost;
            _at += (ulong)_currentLength;
        }
    }

    private static ulong IsSample(in PerfRecord record) => record.Type == PerfRecordType.Sample ? 1ul : 0;

    /// <summary>0 at the end of what was looked at; a record that makes no sense ends the ring there too, and is passed over whole.</summary>
    private int LengthAt(ulong at)
    {
        if (at >= _head)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>((byte*)_data + (at & (_length - 1)) + 6, 2));
        return length >= PerfRecord.HeadLength && (ulong)length <= _head - at ? length : (int)Math.Min(_head - at, int.MaxValue);
    }

    /// <summary>In place, or copied together where the ring wraps around; what is longer than any record of ours is nothing.</summary>
    private ReadOnlySpan<byte> Octets(ulong at, int length)
    {
        if (length is 0 or > LongestRecord)
        {
            return default;
        }

        int offset = (int)(at & (_length - 1));
        int contiguous = Math.Min(length, (int)_length - offset);
        ReadOnlySpan<byte> first = new((byte*)_data + offset, contiguous);
        if (contiguous == length)
        {
            return first;
        }

        first.CopyTo(_wrapped);
        new ReadOnlySpan<byte>((byte*)_data, length - contiguous).CopyTo(_wrapped.AsSpan(contiguous));
        return _wrapped.AsSpan(0, length);
    }
}
