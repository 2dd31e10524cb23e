using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>How connections ended, against argus, tcptrace and Suricata, wherever all three speak and can be right at once.</summary>
public sealed class OutcomeAgreementTests
{
    private const double Bar = 0.99;

    [Fact]
    public void Where_argus_tcptrace_and_Suricata_agree_on_how_a_connection_ended_so_do_we()
    {
        Dictionary<string, long> first = CaptureCorpus.Rows("oracle-tshark-streams.tsv")
            .ToDictionary(row => $"{row["capture"]} {row["stream"]}", row => long.Parse(row["first_frame"], CultureInfo.InvariantCulture));
        var comparison = new Comparison("how connections ended");
        foreach (IGrouping<string, Dictionary<string, string>> capture in CaptureCorpus.Rows("oracle-consensus.tsv").GroupBy(row => row["capture"]))
        {
            Dictionary<long, ConnectionOutcome>? ours = null;
            foreach (Dictionary<string, string> row in capture)
            {
                if (Allowed(row) is { Length: > 0 } allowed)
                {
                    ours ??= Outcomes(capture.Key);
                    Compare(comparison, row, allowed, ours, first[$"{capture.Key} {row["stream"]}"]);
                }
            }
        }
        comparison.Hold(Bar);
    }

    private static void Compare(
        Comparison comparison, Dictionary<string, string> row, ConnectionOutcome[] allowed, Dictionary<long, ConnectionOutcome> ours, long packet)
    {
        string words = $"{row["tcptrace"]}, {row["argus"]}, {Suricata(row)}";
        string found = ours.TryGetValue(packet, out ConnectionOutcome outcome) ? outcome.ToString() : "none";
        comparison.Add($"{row["capture"]} from packet {packet} ({words})", allowed.Contains(outcome) ? found : string.Join(" or ", allowed), found);
    }

    /// <summary>What all three allow; null where one says nothing, empty where they cannot all be right.</summary>
    private static ConnectionOutcome[]? Allowed(Dictionary<string, string> row)
    {
        if (OutcomeWords.OfTcptrace(row["tcptrace"]) is not { } tcptrace
            || OutcomeWords.OfArgus(row["argus"]) is not { } argus
            || OutcomeWords.OfSuricata(Suricata(row)) is not { } suricata)
        {
            return null;
        }

        return [.. tcptrace.Intersect(argus).Intersect(suricata)];
    }

    /// <summary>Suricata as it comes; where it saw no SYN and gave no state, as it is with midstream pick-up.</summary>
    private static string Suricata(Dictionary<string, string> row)
        => row["suricata(flow/tcp)"] == "new/-" ? row["suricata_midstream(flow/tcp)"] : row["suricata(flow/tcp)"];

    private static Dictionary<long, ConnectionOutcome> Outcomes(string capture)
    {
        CaptureAnalysis analysis = CaptureAnalysis.Of(capture);
        Dictionary<long, ConnectionRecord> records = analysis.Connections.ToDictionary(record => record.Number);
        return analysis.Segments
            .GroupBy(seen => seen.Verdict.Connection)
            .ToDictionary(segments => segments.First().Segment.Frame, segments => records[segments.Key].Outcome);
    }
}
