using TcpLens.Capture;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Keeps the segments of connections whose numbers are known: because somebody asked, or from a first reading.</summary>
internal sealed class ChosenPictures(IReadOnlyList<long> numbers, string choice) : IPictureSink
{
    private readonly Dictionary<long, SegmentAlbum> _albums = [];
    private readonly Dictionary<long, PicturedConnection> _done = [];

    public IReadOnlyList<PicturedConnection> Connections => [.. numbers.Where(_done.ContainsKey).Select(number => _done[number])];

    public string Choice => choice;

    public bool Wants(long connection) => numbers.Contains(connection) && _albums.TryAdd(connection, new SegmentAlbum());

    public void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict) => _albums[verdict.Connection].Add(in segment, in verdict);

    public void Ended(ConnectionRecord record)
    {
        if (_albums.TryGetValue(record.Number, out SegmentAlbum? album))
        {
            _done[record.Number] = new(record, album);
        }
    }
}
