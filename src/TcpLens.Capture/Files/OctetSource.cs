namespace TcpLens.Capture;

/// <summary>
/// Fills batches with the octets of a stream, in large pieces and without copying, but for the record that the end of one batch cuts:
/// its beginning is kept and opens the next batch.
/// </summary>
internal sealed class OctetSource(Stream stream, int blockSize) : IDisposable
{
    // Behind the file's octets: datagrams put together from fragments.
    private const int ReassemblyRoom = 128 * 1024;

    private byte[] _kept = [];
    private int _keptLength;

    /// <summary>Where in the file the batch begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Octets to pass over before the next batch.</summary>
    public long Skipping { get; private set; }

    /// <summary>True when the last attempt to read gave nothing.</summary>
    public bool IsAll { get; private set; }

    /// <summary>Reads once. What the batch holds then, of the file: at least what was kept.</summary>
    /// <param name="batch">Emptied and filled.</param>
    /// <param name="needed">Octets of the record that is next, when more than what was kept.</param>
    public int Fill(PacketBatch batch, long needed)
    {
        PassOver(batch);
        int room = Math.Max(blockSize, (int)needed);
        batch.Begin(room + ReassemblyRoom);
        _kept.AsSpan(0, _keptLength).CopyTo(batch.Octets);
        int length = _keptLength;
        while (length < room && Read(batch.Octets.AsSpan(length, room - length)) is var read and > 0)
        {
            length += read;
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

    /// <summary>Passes over what the file has next: nothing is kept then.</summary>
    public void Skip(long octets) => Skipping = octets;

    public void Dispose() => stream.Dispose();

    private int Read(Span<byte> room)
    {
        int read = stream.Read(room);
        IsAll = read == 0;
        return read;
    }

    private void PassOver(PacketBatch batch)
    {
        batch.Begin(blockSize);
        while (Skipping > 0 && Read(batch.Octets.AsSpan(0, (int)Math.Min(Skipping, blockSize))) is var read and > 0)
        {
            Skipping -= read;
            Offset += read;
        }
    }
}
