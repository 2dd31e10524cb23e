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
    /// <summary>The first damages are kept, the others counted.</summary>
    public const int MaxDamages = 1000;

    private readonly OctetSource _source;
    private readonly PacketDecoder _decoder;
    private readonly List<CaptureDamage> _damage = [];
    private CaptureFormat? _format;
    private long _needed = PcapFormat.FileHeaderLength;
    private bool _isOver;

    public CaptureReader(Stream stream, ReaderOptions options)
    {
        Options = options;
        _source = new(stream, options.BlockSize);
        _decoder = new(options, Tally);
    }

    public ReaderOptions Options { get; }

    /// <summary>What was read so far: packets, octets, kinds, times.</summary>
    public CaptureTally Tally { get; } = new();

    /// <summary>The first damages, in file order; <see cref="CaptureTally.Damages"/> counts them all.</summary>
    public IReadOnlyList<CaptureDamage> Damage => _damage;

    /// <summary>As the format is called: "pcap", "pcapng", "snoop"; empty until the file has told.</summary>
    public string Format => _format?.Name ?? "";

    /// <summary>
    /// Fills the batch with the next packets, which may hold no segment at all; false when the file is over (a growing file: when it has
    /// not grown).
    /// </summary>
    public bool TryRead(PacketBatch batch)
    {
        if (_isOver)
        {
            batch.Clear();
            return false;
        }

        int end = _source.Fill(batch, _needed);
        int start = Decode(batch, end);
        bool isNew = start > 0;
        if (_source.IsAll && !Options.IsGrowing)
        {
            Finish(end - start);
        }

        _source.Keep(batch, start, end);
        Tally.FileOctets = _source.Offset;
        return isNew || !_source.IsAll;
    }

    public void Dispose() => _source.Dispose();

    private int Decode(PacketBatch batch, int end)
    {
        int at = 0;
        while (at < end && !_isOver)
        {
            ReadOnlySpan<byte> octets = batch.Octets.AsSpan(at, end - at);
            if (_format is null && !TryDetect(octets))
            {
                break;
            }

            RecordStep step = _format!.Next(octets, _source.IsAll, out CaptureRecord record);
            if (step == RecordStep.Incomplete)
            {
                _needed = record.Length;
                break;
            }

            Take(step, in record, batch, at);
            if (record.Length > end - at)
            {
                _source.Skip(record.Length - (end - at));
            }

            at += (int)Math.Min(record.Length, end - at);
        }

        return at;
    }

    private bool TryDetect(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < PcapFormat.FileHeaderLength)
        {
            return false;
        }

        if (PcapFormat.IsMagic(octets))
        {
            _format = PcapFormat.Open(octets);
            return true;
        }

        if (System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(octets) == PcapngFormat.SectionHeader)
        {
            _format = new PcapngFormat();
            return true;
        }

        Report(_source.Offset, "this is no capture file");
        _isOver = true;
        return false;
    }

    private void Take(RecordStep step, in CaptureRecord record, PacketBatch batch, int at)
    {
        switch (step)
        {
            case RecordStep.Packet:
                var stamp = new PacketStamp(record.TimeNanoseconds, Tally.Packets + 1, record.Sent, record.LinkType);
                _decoder.Decode(batch, at + record.Start, record.Captured, in stamp);
                break;
            case RecordStep.Damage:
                Report(_source.Offset + at, record.Text!);
                break;
            case RecordStep.Stop:
                Report(_source.Offset + at, record.Text!);
                _isOver = true;
                break;
        }
    }

    private void Finish(int left)
    {
        if (left > 0 && !_isOver)
        {
            Report(_source.Offset, $"the file ends within a record: {left:n0} octets of it are there");
        }

        _isOver = true;
    }

    private void Report(long offset, string text)
    {
        Tally.Damages++;
        if (_damage.Count < MaxDamages)
        {
            _damage.Add(new(offset, Tally.Packets, text));
        }
    }
}
