using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>
/// TCPRS, an extension of Zeek, names each retransmission of its captures with a cause. docs/retransmissions.md maps its words to ours
/// and explains the differences.
/// </summary>
public sealed class RetransmissionKindsTests
{
    [Fact]
    public void Retransmissions_have_the_kinds_that_TCPRS_gives_them()
    {
        var comparison = new Comparison("kinds of retransmissions");
        foreach (IGrouping<string, Dictionary<string, string>> capture in Events("Retransmissions"))
        {
            ILookup<(long, ConnectionEnd, uint), SeenSegment> ours = Marked(capture.Key, SegmentMarks.Retransmission);
            foreach (Dictionary<string, string> row in capture)
            {
                RetransmissionKind? kind = ours[PlaceOf(row)].FirstOrDefault()?.Verdict.Retransmission;
                bool agrees = kind is { } known && IsSame(row["rtype"], known);
                comparison.Add($"{capture.Key} {row["ts"]} {row["seq"]}", row["rtype"], agrees ? row["rtype"] : kind?.ToString());
            }
        }

        comparison.Hold(0.955);
    }

    [Fact]
    public void Captures_have_as_many_retransmissions_as_TCPRS_finds_in_them()
    {
        var comparison = new Comparison("retransmissions of captures");
        ILookup<string, Dictionary<string, string>> theirs = Rows("Retransmissions").ToLookup(row => row["capture"]);
        foreach (string capture in CaptureCorpus.Rows("oracle-tcprs-summary.tsv").Select(row => row["capture"]).Distinct())
        {
            comparison.Add(capture, theirs[capture].Count(), Marked(capture, SegmentMarks.Retransmission).Sum(place => place.Count()));
        }

        comparison.Hold(0.98);
    }

    [Fact]
    public void Limited_transmits_are_those_that_TCPRS_tells_of()
    {
        var comparison = new Comparison("limited transmits");
        foreach (IGrouping<string, Dictionary<string, string>> capture in Events("LIMITEDTRANSMIT"))
        {
            ILookup<(long, ConnectionEnd, uint), SeenSegment> ours = Marked(capture.Key, SegmentMarks.LimitedTransmit);
            foreach (Dictionary<string, string> row in capture)
            {
                comparison.Add($"{capture.Key} {row["ts"]} {row["seq"]}", true, ours[PlaceOf(row)].Any());
            }
        }

        comparison.Hold(0.94);
    }

    /// <summary>TCPRS knows no probes, and no kind for SYNs and FINs; it says TESTING and NO_RTT where it cannot tell.</summary>
    private static bool IsSame(string theirs, RetransmissionKind ours) => theirs switch
    {
        "RTO" => ours is RetransmissionKind.Timeout or RetransmissionKind.Control,
        "RTO_NO_DUPACK" => ours is RetransmissionKind.Timeout or RetransmissionKind.TailLossProbe,
        "BRUTE_FORCE_RTO" => ours is RetransmissionKind.BackedOffTimeout or RetransmissionKind.Control,
        "REXMIT" => ours is RetransmissionKind.Recovery,
        "FAST_TRIPDUP" or "FAST_SPECULATIVE" => ours is RetransmissionKind.Fast,
        "SACK_BASED_RECOVERY" => ours is RetransmissionKind.SackRecovery,
        "FACK_BASED" => ours is RetransmissionKind.ForwardAck,
        "SACK_BYTE_EARLY" or "SACK_SEGMENT_EARLY" or "BYTE_EARLY" or "SEGMENT_EARLY" => ours is RetransmissionKind.Early,
        _ => ours is RetransmissionKind.Unknown,
    };

    private static IEnumerable<Dictionary<string, string>> Rows(string label)
        => CaptureCorpus.Rows("oracle-tcprs-events.tsv").Where(row => row["label"] == label);

    private static IEnumerable<IGrouping<string, Dictionary<string, string>>> Events(string label) => Rows(label).GroupBy(row => row["capture"]);

    private static (long Microseconds, ConnectionEnd Sender, uint Sequence) PlaceOf(Dictionary<string, string> row)
        => ((long)(decimal.Parse(row["ts"], CultureInfo.InvariantCulture) * 1_000_000),
            row["dir"] == "orig" ? ConnectionEnd.Originator : ConnectionEnd.Responder,
            uint.Parse(row["seq"], CultureInfo.InvariantCulture));

    private static ILookup<(long Microseconds, ConnectionEnd Sender, uint Sequence), SeenSegment> Marked(string capture, SegmentMarks mark)
        => CaptureAnalysis.Of(capture).Segments.Where(seen => seen.Verdict.Marks.HasAny(mark))
            .ToLookup(seen => (seen.Segment.TimeNanoseconds / 1000, seen.Verdict.Sender, seen.Segment.Sequence.Value));
}
