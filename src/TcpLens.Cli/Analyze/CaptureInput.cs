using TcpLens.Capture;

namespace TcpLens.Cli;

/// <summary>The captures of one run: one, or several in the order of time.</summary>
internal sealed class CaptureInput : IDisposable
{
    private readonly List<(string Name, CaptureReader Reader)> _readers = [];
    private PacketSieve? _sieve;
    private IPacketSource? _source;

    private CaptureInput()
    {
    }

    /// <summary>Each file's name and reader, in the order of the command line.</summary>
    public IReadOnlyList<(string Name, CaptureReader Reader)> Files => _readers;

    /// <summary>Octets of all files as they stand on disk; null where one has no length, such as a pipe, or is unpacked on the way.</summary>
    public long? Length { get; private set; } = 0;

    /// <summary>Octets read so far.</summary>
    public long FileOctets => _readers.Sum(static file => file.Reader.Tally.FileOctets);

    public long Packets => _readers.Sum(static file => file.Reader.Tally.Packets);

    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static CaptureInput Open(AnalyzeChoice choice)
    {
        var input = new CaptureInput();
        try
        {
            input._sieve = choice.PacketFilter is { } text ? new PacketSieve(text) : null;
            ReaderOptions options = choice.Reading with { IsGrowing = choice.Grows, Accepts = input._sieve is null ? null : input._sieve.Accepts };
            foreach (string file in choice.Files)
            {
                input.Add(file, options);
            }

            input._source = input.Files is [var only] ? only.Reader : new MergedReader([.. input.Files.Select(static file => file.Reader)]);
        }
        catch
        {
            input.Dispose();
            throw;
        }

        return input;
    }

    public bool TryRead(PacketBatch batch) => _source!.TryRead(batch);

    public void Dispose()
    {
        foreach ((_, CaptureReader reader) in _readers)
        {
            reader.Dispose();
        }

        _sieve?.Dispose();
    }

    private void Add(string file, ReaderOptions options)
    {
        Stream stream = CaptureFile.Open(file);
        Length = stream.CanSeek ? Length + stream.Length : null;
        _readers.Add((file, new CaptureReader(stream, options)));
    }
}
