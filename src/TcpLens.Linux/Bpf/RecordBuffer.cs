namespace TcpLens.Linux;

/// <summary>
/// Cuts a stream of octets into records of one length, wherever the reads happened to end.
/// <code>
/// while (!buffer.TryTake(out record)) { buffer.Filled(read(buffer.Free)); }
/// </code>
/// </summary>
internal sealed class RecordBuffer(int recordLength, int capacity = 64 << 10)
{
    private readonly byte[] _octets = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
    private int _start;
    private int _end;

    /// <summary>Where the next read goes; never empty after <see cref="TryTake"/> said no.</summary>
    public Span<byte> Free => _octets.AsSpan(_end);

    public void Filled(int octets) => _end += octets;

    /// <summary>The next whole record, valid until the next call; false when more octets are needed.</summary>
    public bool TryTake(out ReadOnlySpan<byte> record)
    {
        if (_end - _start >= recordLength)
        {
            record = _octets.AsSpan(_start, recordLength);
            _start += recordLength;
            return true;
        }

        _octets.AsSpan(_start.._end).CopyTo(_octets);
        (_start, _end) = (0, _end - _start);
        record = default;
        return false;
    }
}
