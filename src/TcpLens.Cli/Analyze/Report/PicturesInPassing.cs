using TcpLens.Capture;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// Keeps the segments of the worst connections of a capture that can be read only once. A connection is worth a picture or not by
/// what happens on it later, so some are watched from their beginning, and the worst of those stay.
/// </summary>
internal sealed class PicturesInPassing(int count) : IPictureSink
{
    /// <summary>Connections watched at once, and segments kept of each: 20 MiB together.</summary>
    private const int MostWatched = 64;
    private const int SegmentsEach = 1024;

    private readonly Dictionary<long, SegmentAlbum> _watched = [];
    private readonly Largest<PicturedConnection> _worst = new(count);
    private long _passedBy;

    public IReadOnlyList<PicturedConnection> Connections => _worst.Sorted();

    public string Choice => _passedBy == 0
        ? $"The {count} connections with most trouble."
        : $"The {count} with most trouble of those that were watched: this capture could be read only once, and {_passedBy:N0} connections began while {MostWatched} others were being watched. From a file, all are compared.";

    public bool Wants(long connection)
    {
        if (_watched.Count < MostWatched)
        {
            _watched.Add(connection, new SegmentAlbum(SegmentsEach));
            return true;
        }

        _passedBy++;
        return false;
    }

    public void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict) => _watched[verdict.Connection].Add(in segment, in verdict);

    public void Ended(ConnectionRecord record)
    {
        if (_watched.Remove(record.Number, out SegmentAlbum? album) && ConnectionTrouble.Of(record) is > 0 and var trouble)
        {
            _worst.Offer(new(record, album), trouble, record.Number);
        }
    }
}
