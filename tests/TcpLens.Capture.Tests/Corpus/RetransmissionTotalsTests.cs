using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>Segments with payload that were sent again, per end of a connection, as tcptrace counts them.</summary>
public sealed class RetransmissionTotalsTests(ITestOutputHelper output)
{
    /// <summary>Rows of tcptrace whose connections are others than ours, or that it counts by another definition (docs/retransmissions.md).</summary>
    private static readonly HashSet<string> Apart = [];

    [Fact]
    public void Ends_of_connections_sent_as_often_again_as_tcptrace_counts()
    {
        Count[] counts = [.. Counts().Where(count => count.Ours > 0 || count.Theirs > 0)];
        Count[] different = [.. counts.Where(count => count.Ours != count.Theirs)];
        string list = string.Join('\n', different.Select(count => count.ToString()));
        output.WriteLine($"{counts.Length - different.Length} of {counts.Length}; {counts.Sum(c => c.Ours)} here, {counts.Sum(c => c.Theirs)} there\n{list}");
        Assert.True(different.Length <= 0.05 * counts.Length, $"{different.Length} of {counts.Length} differ:\n{list}");
    }

    private static IEnumerable<Count> Counts()
    {
        foreach (IGrouping<string, Dictionary<string, string>> capture in CaptureCorpus.Rows("oracle-tcptrace.tsv")
            .Where(row => row.GetValueOrDefault("host_a", "").Length > 0 && !Apart.Contains(row["capture"])).GroupBy(row => row["capture"]))
        {
            var theirs = new Dictionary<(string, string), (long Rexmt, long Late)>();
            foreach (Dictionary<string, string> row in capture)
            {
                (string a, string b) = (EndpointOf(row["host_a"], row["port_a"]), EndpointOf(row["host_b"], row["port_b"]));
                Add(theirs, (a, b), Number(row["rexmt_data_pkts_a2b"]), Number(row["outoforder_pkts_a2b"]));
                Add(theirs, (b, a), Number(row["rexmt_data_pkts_b2a"]), Number(row["outoforder_pkts_b2a"]));
            }

            var ours = new Dictionary<(string, string), (long Rexmt, long Late)>();
            foreach (SeenSegment seen in CaptureAnalysis.Of(capture.Key).Segments)
            {
                (string from, string to) = ($"{seen.Segment.Source}:{seen.Segment.SourcePort}", $"{seen.Segment.Destination}:{seen.Segment.DestinationPort}");
                bool isAgain = (seen.Verdict.Marks & (SegmentMarks.Retransmission | SegmentMarks.LostBefore)) == SegmentMarks.Retransmission
                    || ((seen.Verdict.Marks & SegmentMarks.KeepAlive) != 0 && seen.Segment.PayloadLength > 0);
                Add(ours, (from, to), isAgain ? 1 : 0, (seen.Verdict.Marks & (SegmentMarks.OutOfOrder | SegmentMarks.LostBefore)) != 0 ? 1 : 0);
            }

            foreach (((string from, string to), (long rexmt, long late)) in theirs)
            {
                (long mine, long lateMine) = ours.GetValueOrDefault((from, to));
                yield return new($"{capture.Key} {from} > {to}", mine, lateMine, rexmt, late);
            }
        }
    }

    private static void Add(Dictionary<(string, string), (long Rexmt, long Late)> counts, (string, string) key, long rexmt, long late)
    {
        (long Rexmt, long Late) old = counts.GetValueOrDefault(key);
        counts[key] = (old.Rexmt + rexmt, old.Late + late);
    }

    /// <summary>tcptrace writes IPv6 addresses in a way of its own.</summary>
    private static string EndpointOf(string host, string port)
        => $"{(HostAddress.Parse(host) is { } address ? address.ToString() : host)}:{port}";

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Count(string Name, long Ours, long OursLate, long Theirs, long TheirsLate)
    {
        public override string ToString() => $"{Name}: {Ours} and {OursLate} late here, {Theirs} and {TheirsLate} late there";
    }
}
