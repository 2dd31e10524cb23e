using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>
/// TCPRS, an extension of Zeek, names each retransmission of its captures with a cause. docs/retransmissions.md maps its words to ours
/// and explains the differences.
/// </summary>
public sealed class RetransmissionKindsTests(ITestOutputHelper output)
{
    private static readonly Lazy<IReadOnlyList<Pairing>> All = new(() => [.. Pairings()]);

    [Fact]
    public void Every_retransmission_that_TCPRS_tells_of_is_one()
        => Assert.Equal(All.Value.Count, All.Value.Count(pairing => pairing.Ours is not null));

    [Fact]
    public void At_least_96_of_100_retransmissions_have_the_kind_that_TCPRS_gives_them()
    {
        Pairing[] different = [.. All.Value.Where(pairing => !pairing.Agrees)];
        output.WriteLine(string.Join('\n', different.Select(pairing => pairing.ToString())));
        double share = 100.0 - (100.0 * different.Length / All.Value.Count);
        output.WriteLine($"{share:0.0} % of {All.Value.Count}");
        Assert.True(share >= 96, $"{share:0.0} % of {All.Value.Count}\n{string.Join('\n', different.Select(pairing => pairing.ToString()))}");
    }

    [Fact]
    public void Captures_have_as_many_retransmissions_as_TCPRS_finds_in_them()
    {
        string[] captures = [.. CaptureCorpus.Rows("oracle-tcprs-summary.tsv").Select(row => row["capture"]).Distinct()];
        ILookup<string, Pairing> theirs = All.Value.ToLookup(pairing => pairing.Capture);
        string[] different = [.. captures
            .Select(capture => (capture, ours: CaptureAnalysis.Of(capture).Segments.Count(IsRetransmission), theirs: theirs[capture].Count()))
            .Where(row => row.ours != row.theirs)
            .Select(row => $"{row.capture}: {row.ours} here, {row.theirs} there")];
        output.WriteLine(string.Join('\n', different));
        Assert.True(different.Length <= 0.05 * captures.Length, string.Join('\n', different));
    }

    private static bool IsRetransmission(SeenSegment seen) => (seen.Verdict.Marks & SegmentMarks.Retransmission) != 0;

    private static IEnumerable<Pairing> Pairings()
    {
        foreach (IGrouping<string, Dictionary<string, string>> capture in CaptureCorpus.Rows("oracle-tcprs-events.tsv")
            .Where(row => row["label"] == "Retransmissions").GroupBy(row => row["capture"]))
        {
            ILookup<(long, ConnectionEnd, uint), SeenSegment> ours = CaptureAnalysis.Of(capture.Key).Segments.Where(IsRetransmission)
                .ToLookup(seen => (seen.Segment.TimeNanoseconds / 1000, seen.Verdict.Sender, seen.Segment.Sequence.Value));
            foreach (Dictionary<string, string> row in capture)
            {
                long microseconds = (long)(decimal.Parse(row["ts"], CultureInfo.InvariantCulture) * 1_000_000);
                ConnectionEnd sender = row["dir"] == "orig" ? ConnectionEnd.Originator : ConnectionEnd.Responder;
                SeenSegment? seen = ours[(microseconds, sender, uint.Parse(row["seq"], CultureInfo.InvariantCulture))].FirstOrDefault();
                yield return new(capture.Key, row["ts"], row["rtype"], seen?.Segment.Frame, seen?.Verdict.Retransmission);
            }
        }
    }

    private sealed record Pairing(string Capture, string Time, string Theirs, long? Frame, RetransmissionKind? Ours)
    {
        public bool Agrees => Theirs switch
        {
            "RTO" => Ours is RetransmissionKind.Timeout or RetransmissionKind.Control,
            "RTO_NO_DUPACK" => Ours is RetransmissionKind.Timeout or RetransmissionKind.TailLossProbe,
            "BRUTE_FORCE_RTO" => Ours is RetransmissionKind.BackedOffTimeout,
            "REXMIT" => Ours is RetransmissionKind.Recovery,
            "FAST_TRIPDUP" or "FAST_SPECULATIVE" => Ours is RetransmissionKind.Fast,
            "SACK_BASED_RECOVERY" => Ours is RetransmissionKind.SackRecovery,
            "FACK_BASED" => Ours is RetransmissionKind.ForwardAck,
            "SACK_BYTE_EARLY" or "SACK_SEG_EARLY" or "BYTE_EARLY" or "SEG_EARLY" => Ours is RetransmissionKind.Early,
            _ => Ours is RetransmissionKind.Unknown,
        };

        public override string ToString() => $"{Capture} frame {Frame} at {Time}: {Theirs} there, {Ours} here";
    }
}
