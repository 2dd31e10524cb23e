using TcpLens.Capture;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli.Tests.Analyze;

/// <summary>The pages of analyze, of a capture on disk, for a terminal of the test's choice.</summary>
internal static class Analyzed
{
    public static readonly TerminalStyle Terminal = new(Color: false, Unicode: true, 80);

    public static string Overview(string path, TerminalStyle style)
    {
        var overview = new CaptureOverview();
        CaptureAccount account = Read(path, overview);
        CaptureFacts facts = overview.ToFacts();
        var output = new MemoryWriter();
        new OverviewPage(account, overview, facts, CaptureDoctor.Examine(facts), style).WriteTo(output);
        return output.ToString();
    }

    public static string Findings(string path, TerminalStyle style)
    {
        var overview = new CaptureOverview();
        Read(path, overview);
        var output = new MemoryWriter();
        new FindingsPage(CaptureDoctor.Examine(overview.ToFacts()), style).WriteTo(output);
        return output.ToString();
    }

    public static string Connection(string path, long number, TerminalStyle style, int limit = 1000, bool raw = false)
    {
        var kept = new SegmentKeeper(number, limit);
        Read(path, kept);
        var output = new MemoryWriter();
        new ConnectionPage(kept.Record!, kept, style, raw).WriteTo(output);
        return output.ToString();
    }

    public static List<ConnectionRecord> Records(string path)
    {
        var records = new RecordList();
        Read(path, records);
        return records.All;
    }

    public static CaptureAccount Read(string path, IConnectionSink sink)
    {
        var choice = new AnalyzeChoice { View = AnalyzeView.Overview, Files = [path] };
        using CaptureInput input = CaptureInput.Open(choice);
        var analyzer = new ConnectionAnalyzer(choice.Analysis, sink);
        var batch = new PacketBatch();
        while (input.TryRead(batch))
        {
            analyzer.Take(batch);
        }

        analyzer.Complete();
        return CaptureAccount.Of(input, choice, analyzer, wasInterrupted: false);
    }

    private sealed class RecordList : IConnectionSink
    {
        public List<ConnectionRecord> All { get; } = [];

        public bool Wants(long connection) => false;

        public void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
        {
        }

        public void Ended(ConnectionRecord record) => All.Add(record);
    }
}
