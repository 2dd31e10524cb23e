using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>Which packets belong to one connection, against tshark's streams: the same first packet, and as many packets from each end.</summary>
public sealed class SuccessionAgreementTests
{
    private const double Bar = 0.99;

    [Fact]
    public void Connections_have_the_packets_that_tsharks_streams_have()
    {
        int streams = 0;
        var differences = new List<string>();
        foreach (IGrouping<string, Dictionary<string, string>> capture in CaptureCorpus.Rows("oracle-tshark-streams.tsv").GroupBy(row => row["capture"]))
        {
            Dictionary<long, string> ours = Connections(capture.Key);
            foreach (Dictionary<string, string> stream in capture)
            {
                streams++;
                string theirs = $"{stream["frames_a"]} and {stream["frames_b"]}";
                string? found = ours.GetValueOrDefault(long.Parse(stream["first_frame"], CultureInfo.InvariantCulture));
                if (found != theirs)
                {
                    differences.Add($"{capture.Key} from packet {stream["first_frame"]}, {stream["a"]} and {stream["b"]}: expected {theirs}, found {found ?? "none"}");
                }
            }
        }

        Assert.True(differences.Count <= streams * (1 - Bar), $"{differences.Count} of {streams} differ:\n{string.Join('\n', differences)}");
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
