using System.Globalization;

namespace TcpLens.Capture.Tests;

/// <summary>Which packets belong to one connection, against tshark's streams: the same first packet, and as many packets from each end.</summary>
public sealed class SuccessionAgreementTests
{
    private const double Bar = 0.995;

    [Fact]
    public void Connections_have_the_packets_that_tsharks_streams_have()
    {
        var comparison = new Comparison("packets of connections");
        foreach (IGrouping<string, Dictionary<string, string>> capture in CaptureCorpus.Rows("oracle-tshark-streams.tsv").GroupBy(row => row["capture"]))
        {
            Dictionary<long, string> ours = Connections(capture.Key);
            foreach (Dictionary<string, string> stream in capture)
            {
                long packet = long.Parse(stream["first_frame"], CultureInfo.InvariantCulture);
                comparison.Add($"{capture.Key} from packet {packet}", $"{stream["frames_a"]} and {stream["frames_b"]}", ours.GetValueOrDefault(packet, "none"));
            }
        }
        comparison.Hold(Bar);
    }

    /// <summary>Packets from who sent the first one and from the other, by the number of the first packet.</summary>
    private static Dictionary<long, string> Connections(string capture)
        => CaptureAnalysis.Of(capture).Segments
            .GroupBy(seen => seen.Verdict.Connection)
            .Select(segments => (First: segments.First(), All: segments))
            .ToDictionary(
                connection => connection.First.Segment.Frame,
                connection => $"{connection.All.Count(seen => IsFrom(seen, connection.First))} and {connection.All.Count(seen => !IsFrom(seen, connection.First))}");

    private static bool IsFrom(SeenSegment seen, SeenSegment first)
        => seen.Segment.Source == first.Segment.Source && seen.Segment.SourcePort == first.Segment.SourcePort;
}
