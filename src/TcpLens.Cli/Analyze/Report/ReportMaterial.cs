using TcpLens.Capture;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// Gathers what a report needs while a capture is read. Pictures need the segments of few connections, and which few is known at the
/// end: so files are read a second time.
/// <code>
/// var material = new ReportMaterial(number, canReadAgain);
/// // read the capture into material
/// if (material.SecondReading() is { } pictures)
///     // read it again, with the same options, into pictures
/// CaptureReport.Write(path, account, material, findings);
/// </code>
/// </summary>
internal sealed class ReportMaterial : IConnectionSink
{
    /// <summary>Connections that are shown in full when nobody names one.</summary>
    public const int DefaultPictures = 5;

    private readonly bool _isOneAsked;
    private IPictureSink? _pictures;

    /// <param name="number">The connection to show in full; null for the worst.</param>
    /// <param name="canReadAgain">True for files, false for a pipe.</param>
    public ReportMaterial(long? number, bool canReadAgain)
    {
        _isOneAsked = number is not null;
        _pictures = number is { } one ? new ChosenPictures([one], $"Connection {one}, as asked for.")
            : canReadAgain ? null
            : new PicturesInPassing(DefaultPictures);
    }

    public CaptureOverview Overview { get; } = new();

    public ConnectionShortlist Shortlist { get; } = new();

    public IReadOnlyList<PicturedConnection> Pictures => _pictures?.Connections ?? [];

    /// <summary>Which connections are shown in full, as a sentence.</summary>
    public string PictureChoice => _pictures?.Choice ?? "";

    /// <summary>What a second reading is to be given to; null when there is no need of one.</summary>
    public IConnectionSink? SecondReading()
    {
        if (_isOneAsked || _pictures is not null)
        {
            return null;
        }

        long[] worst = [.. Shortlist.Worst.Take(DefaultPictures).Select(static record => record.Number)];
        if (worst.Length == 0)
        {
            return null;
        }

        _pictures = new ChosenPictures(worst, worst.Length < DefaultPictures ? "Every connection that had trouble." : $"The {worst.Length} connections with most trouble, of {Shortlist.Troubled:N0} that had any; --connection N --report shows another.");
        return _pictures;
    }

    bool IConnectionSink.Wants(long connection) => _pictures?.Wants(connection) == true;

    void IConnectionSink.Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict) => _pictures!.Saw(in segment, payload, in verdict);

    void IConnectionSink.Ended(ConnectionRecord record)
    {
        Overview.Ended(record);
        Shortlist.Add(record);
        _pictures?.Ended(record);
    }
}
