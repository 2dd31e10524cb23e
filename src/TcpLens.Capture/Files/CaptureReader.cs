using System.IO.Compression;

namespace TcpLens.Capture;

/// <summary>
/// Reads a capture file, whatever its format, from a stream that need not seek, and decodes its packets. gzip is undone on the way.
/// <code>
/// using var reader = new CaptureReader(stream, options);
/// while (reader.TryRead(batch)) …
/// </code>
/// Nothing in the file makes it throw: what is damaged is in <see cref="Damage"/>, with its place, and reading goes on where the
/// format allows. Errors of the stream itself (<see cref="IOException"/>) pass through.
/// </summary>
public sealed class CaptureReader : IPacketSource
{
    /// <summary>The first damages are kept, the others counted.</summary>
    public const int MaxDamages = 1000;

    /// <summary>Octets that are searched for the next record after damage, before the rest of the file is given up.</summary>
    public const int MaxSearch = 64 << 20;

    // While searching, so much is kept in sight that a record which makes sense is seen whole.
    private const int SearchWindow = 128 * 1024;

    private readonly PacketDecoder _decoder;
    private readonly List<CaptureDamage> _damage = [];
    private OctetSource _source;
    private CaptureFormat? _format;
    private int _needed = CaptureFormats.Needed;
    private bool _isUnpacked;
    private bool _isOver;
    private string? _lostText;
    private long _lostAt;

    public CaptureReader(Stream stream, ReaderOptions options)
    {
        Options = options;
        _source = new(stream, options.BlockSize);
        _decoder = new(options, Tally);
    }

    public ReaderOptions Options { get; }

    public CaptureTally Tally { get; } = new();

    public IReadOnlyList<CaptureDamage> Damage => _damage;

    /// <summary>As the format is called: "pcap", "pcapng", "snoop"; empty until the file has told, and for what is no capture.</summary>
    public string Format => _format?.Name ?? "";

    /// <summary>True for a file that gzip has packed: then <see cref="CaptureTally.FileOctets"/> are those of what was in it.</summary>
    public bool IsPacked => _isUnpacked;

    public bool TryRead(PacketBatch batch)
    {
        batch.Clear();
        if (_isOver)
        {
            return false;
        }

        int end = _source.Fill(batch, _needed);
        if (_format is null && !TryDetect(batch, end))
        {
            return !_isOver && !_source.IsAll;
        }

        int at = 0;
        bool isStuck = Decode(batch, ref at, end);
        if (isStuck && _source.IsAll && !Options.IsGrowing)
        {
            Finish(batch.Octets.AsSpan(at, end - at), at);
        }

        _source.Keep(batch, at, end);
        Tally.FileOctets = _source.Offset;
        return at > 0 || !_source.IsAll;
    }

    public void Dispose() => _source.Dispose();

    /// <summary>Decodes what is whole. True when it is stuck: nothing is left, or the rest needs more octets.</summary>
    private bool Decode(PacketBatch batch, ref int at, int end)
    {
        _needed = 0;
        while (!_isOver && batch.HasReassemblyRoom)
        {
            bool isStuck = at == end || (_lostText is not null && !Search(batch.Octets.AsSpan(at, end - at), ref at));
            if (isStuck || !Step(batch, ref at, end))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads one record. False when it needs more octets.</summary>
    private bool Step(PacketBatch batch, ref int at, int end)
    {
        RecordStep step = _format!.Next(batch.Octets.AsSpan(at, end - at), out CaptureRecord record);
        switch (step)
        {
            case RecordStep.Packet:
                var stamp = new PacketStamp(record.TimeNanoseconds, Tally.Packets + 1, record.Sent, record.LinkType);
                _decoder.Decode(batch, at + record.Start, record.Captured, in stamp);
                break;
            case RecordStep.Damage:
                Report(_source.Offset + at, record.Text!);
                break;
            case RecordStep.Lost:
                _lostText = record.Text;
                _lostAt = _source.Offset + at;
                record.Length = 1;
                break;
            case RecordStep.Incomplete:
                _needed = record.Length;
                return false;
        }

        at += record.Length;
        return true;
    }

    /// <summary>Looks for the next record that makes sense. False when more octets are needed, or there is none.</summary>
    private bool Search(ReadOnlySpan<byte> octets, ref int at)
    {
        bool isFinal = _source.IsAll && !Options.IsGrowing;
        int end = isFinal ? octets.Length : octets.Length - SearchWindow;
        for (int next = 0; next < end; next++)
        {
            if (_format!.IsPlausible(octets[next..]))
            {
                at += next;
                Report(_lostAt, $"{_lostText}; {_source.Offset + at - _lostAt:n0} octets passed over");
                _lostText = null;
                return true;
            }
        }

        at += Math.Max(end, 0);
        _needed = SearchWindow * 2;
        _isOver = _source.Offset + at - _lostAt > MaxSearch;
        if (_isOver)
        {
            Report(_lostAt, $"{_lostText}; nothing in the next {MaxSearch:n0} octets makes sense, the rest was not read");
        }

        return false;
    }

    private bool TryDetect(PacketBatch batch, int end)
    {
        ReadOnlySpan<byte> octets = batch.Octets.AsSpan(0, end);
        if (!_isUnpacked && CaptureFormats.IsGzip(octets))
        {
            var packed = new PrefixedStream(octets.ToArray(), _source.Stream);
            _source = new(new GZipStream(packed, CompressionMode.Decompress), Options.BlockSize);
            _isUnpacked = true;
            return false;
        }

        _format = octets.Length < CaptureFormats.Needed ? null : CaptureFormats.Detect(octets, Tally);
        bool isHopeless = octets.Length >= CaptureFormats.Needed || (_source.IsAll && !Options.IsGrowing);
        if (_format is null && isHopeless)
        {
            Finish(octets, at: 0);
        }
        else if (_format is null)
        {
            _source.Keep(batch, 0, end);
        }

        return _format is not null;
    }

    /// <summary>The file is over; what is left of it is no whole record.</summary>
    private void Finish(ReadOnlySpan<byte> left, int at)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        if (_source.Fault is { } fault)
        {
            Report(_source.Offset + at + left.Length, $"the compressed file breaks off: {fault}");
        }
        else if (_format is null)
        {
            Report(0, CaptureFormats.Describe(left));
        }
        else if (_lostText is not null)
        {
            Report(_lostAt, $"{_lostText}; nothing after it makes sense");
        }
        else if (left.Length > 0)
        {
            Report(_source.Offset + at, $"the file ends within a record: {left.Length:n0} octets of it are there");
        }
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
