namespace TcpLens.Capture;

/// <summary>
/// Fills batches with the octets of a stream, in large pieces and without copying, but for the record that the end of one batch cuts:
/// its beginning is kept and opens the next batch.
/// </summary>
internal sealed class OctetSource(Stream stream, int blockSize) : IDisposable
{
    private byte[] _kept = [];
    private int _keptLength;

    /// <summary>Where in the file the batch begins.</summary>
    public long Offset { get; private set; }

    /// <summary>True when the last attempt to read gave nothing.</summary>
    public bool IsAll { get; private set; }

    /// <summary>What broke off a compressed stream; null while nothing did.</summary>
    public string? Fault { get; private set; }

    public Stream Stream => stream;

    /// <summary>Fills the batch, of a stream that cannot seek (a pipe) with what is there now. Octets that the batch holds then.</summary>
    /// <param name="batch">Emptied and filled.</param>
    /// <param name="needed">Octets of the record that is next.</param>
    public int Fill(PacketBatch batch, int needed)
    {
        int room = Math.Max(Math.Max(blockSize, needed), _keptLength);
        batch.Begin(room + PacketBatch.ReassemblyRoom);
        _kept.AsSpan(0, _keptLength).CopyTo(batch.Octets);
        int length = _keptLength;
        IsAll = false;
        while (!IsAll && length < room)
        {
            int read = Read(batch.Octets.AsSpan(length, room - length));
            length += read;
            IsAll = read == 0;
            if (!stream.CanSeek)
            {
                break;
            }
        }

        batch.Use(length);
        return length;
    }

    /// <summary>Keeps what stands between <paramref name="start"/> and <paramref name="end"/> for the next batch.</summary>
    public void Keep(PacketBatch batch, int start, int end)
    {
        Offset += start;
        _keptLength = end - start;
        if (_kept.Length < _keptLength)
        {
            _kept = GC.AllocateUninitializedArray<byte>(_keptLength);
        }

        batch.Octets.AsSpan(start, _keptLength).CopyTo(_kept);
    }

    public void Dispose() => stream.Dispose();

    private int Read(Span<byte> room)
    {
        try
        {
            return stream.Read(room);
        }
        catch (InvalidDataException e)
        {
            Fault = e.Message;
            return 0;
        }
    }
}
