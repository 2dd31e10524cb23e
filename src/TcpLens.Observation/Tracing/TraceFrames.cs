namespace TcpLens.Observation;

/// <summary>Records in memory, laid out as <see cref="TraceBatch"/> reads them. It grows to the most it ever held, and keeps that.</summary>
public sealed class TraceFrames
{
    private byte[] _octets = new byte[64 << 10];
    private int _length;

    /// <summary>Valid until the next call of this object.</summary>
    public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, _length);

    public bool IsEmpty => _length == 0;

    public void Add(in TraceRecord record) => _length += TraceBatch.Write(Room(TraceRecord.Length), in record);

    public void Add(in TraceRecord record, in LifeTail tail)
        => _length += TraceBatch.Write(Room(TraceRecord.Length + LifeTail.Length), in record, in tail);

    public void Clear() => _length = 0;

    private Span<byte> Room(int length)
    {
        int whole = _length + TraceBatch.SizeOf(length);
        if (whole > _octets.Length)
        {
            Array.Resize(ref _octets, Math.Max(whole, checked(2 * _octets.Length)));
        }

        return _octets.AsSpan(_length);
    }
}
