using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>One segment with its verdict, kept.</summary>
internal sealed record SeenSegment(CapturedSegment Segment, SegmentVerdict Verdict);

/// <summary>A whole capture read and analysed, with everything kept.</summary>
internal sealed class CaptureAnalysis : IConnectionSink
{
    private CaptureAnalysis()
    {
    }

    /// <summary>By number.</summary>
    public List<ConnectionRecord> Connections { get; } = [];

    /// <summary>In the order of the capture.</summary>
    public List<SeenSegment> Segments { get; } = [];

    public CaptureTally Tally { get; private set; } = new();

    public static CaptureAnalysis Of(string capture, AnalyzerOptions? options = null, ReaderOptions? reading = null)
        => Of(File.OpenRead(CaptureCorpus.Path(capture)), options, reading);

    public static CaptureAnalysis Of(Stream stream, AnalyzerOptions? options = null, ReaderOptions? reading = null)
    {
        var analysis = new CaptureAnalysis();
        var analyzer = new ConnectionAnalyzer(options ?? new(), analysis);
        using var reader = new CaptureReader(stream, reading ?? new());
        var batch = new PacketBatch();
        while (reader.TryRead(batch))
        {
            foreach (ref readonly CapturedSegment segment in batch.Segments)
            {
                analyzer.Take(in segment, batch.PayloadOf(in segment));
            }
        }

        analyzer.Complete();
        analysis.Tally = reader.Tally;
        analysis.Connections.Sort((one, other) => one.Number.CompareTo(other.Number));
        return analysis;
    }

    bool IConnectionSink.Wants(long connection) => true;

    void IConnectionSink.Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict) => Segments.Add(new(segment, verdict));

    void IConnectionSink.Ended(ConnectionRecord record) => Connections.Add(record);
}
