using System.Globalization;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>
/// Segments that each end of a connection sent again, as tcptrace counts them. It calls the octets of a keep-alive a retransmission,
/// and what fills a gap late, whenever it comes; docs/retransmissions.md explains what else is different.
/// </summary>
public sealed class RetransmissionTotalsTests(ITestOutputHelper output)
{
    private static readonly Lazy<IReadOnlyList<Count>> All = new(() => [.. Counts()]);

    [Fact]
    public void Ends_of_connections_send_as_often_again_as_tcptrace_counts()
    {
        var comparison = new Comparison("retransmissions of ends");
        foreach (Count count in All.Value.Where(count => count.Theirs.Again > 0))
        {
            comparison.Add(count.Name, count.Theirs.Again, count.Ours.Again);
        }

        comparison.Hold(0.95);
    }

    [Fact]
    public void All_ends_together_do_so_too()
    {
        (long ours, long theirs) = (All.Value.Sum(count => count.Ours.Again), All.Value.Sum(count => count.Theirs.Again));
        output.WriteLine($"{ours} here, {theirs} there");
        Assert.InRange((double)Math.Min(ours, theirs) / Math.Max(ours, theirs), 0.95, 1);
    }

    [Fact]
    public void What_comes_late_is_as_much_as_tcptrace_counts()
    {
        var comparison = new Comparison("late segments of ends");
        foreach (Count count in All.Value.Where(count => count.Theirs.Late > 0))
        {
            comparison.Add(count.Name, count.Theirs.Late, count.Ours.Late);
        }

        comparison.Hold(0.75);
    }

    private static IEnumerable<Count> Counts()
    {
        foreach (IGrouping<string, Dictionary<string, string>> capture in CaptureCorpus.Rows("oracle-tcptrace.tsv")
            .Where(row => row.GetValueOrDefault("host_a", "").Length > 0).GroupBy(row => row["capture"]))
        {
            Dictionary<(string From, string To), Figures> theirs = Theirs(capture);
            Dictionary<(string From, string To), Figures> ours = Ours(capture.Key);
            foreach (((string From, string To) end, Figures figures) in theirs.Where(pair => ours.ContainsKey(pair.Key)))
            {
                yield return new($"{capture.Key} {end.From} > {end.To}", ours[end], figures);
            }
        }
    }

    private static Dictionary<(string From, string To), Figures> Theirs(IEnumerable<Dictionary<string, string>> rows)
    {
        var counts = new Dictionary<(string From, string To), Figures>();
        foreach (Dictionary<string, string> row in rows)
        {
            (string a, string b) = (EndpointOf(row["host_a"], row["port_a"]), EndpointOf(row["host_b"], row["port_b"]));
            Add(counts, (a, b), new(Number(row["rexmt_data_pkts_a2b"]), Number(row["outoforder_pkts_a2b"])));
            Add(counts, (b, a), new(Number(row["rexmt_data_pkts_b2a"]), Number(row["outoforder_pkts_b2a"])));
        }

        return counts;
    }

    private static Dictionary<(string From, string To), Figures> Ours(string capture)
    {
        var counts = new Dictionary<(string From, string To), Figures>();
        foreach (SeenSegment seen in CaptureAnalysis.Of(capture).Segments)
        {
            SegmentMarks marks = seen.Verdict.Marks;
            bool fills = marks.HasAny(SegmentMarks.OutOfOrder | SegmentMarks.LostBefore);
            bool isAgain = !fills && (marks.HasAny(SegmentMarks.Retransmission) || (marks.HasAny(SegmentMarks.KeepAlive) && seen.Segment.PayloadLength > 0));
            (string From, string To) end = (
                $"{seen.Segment.Source}:{seen.Segment.SourcePort}", $"{seen.Segment.Destination}:{seen.Segment.DestinationPort}");
            Add(counts, end, new(isAgain ? 1 : 0, fills ? 1 : 0));
        }

        return counts;
    }

    private static void Add(Dictionary<(string From, string To), Figures> counts, (string From, string To) end, Figures more)
    {
        Figures old = counts.GetValueOrDefault(end);
        counts[end] = new(old.Again + more.Again, old.Late + more.Late);
    }

    /// <summary>tcptrace writes IPv6 addresses in a way of its own.</summary>
    private static string EndpointOf(string host, string port) => $"{(HostAddress.Parse(host) is { } address ? address.ToString() : host)}:{port}";

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private readonly record struct Figures(long Again, long Late);

    private sealed record Count(string Name, Figures Ours, Figures Theirs);
}
