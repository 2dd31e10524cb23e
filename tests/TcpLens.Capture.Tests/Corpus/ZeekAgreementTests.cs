using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>conn_state and history against what Zeek's own tests, and those of TCPRS, expect of the same captures.</summary>
public sealed class ZeekAgreementTests
{
    /// <summary>tcp_inactivity_timeout and tcp_close_delay.</summary>
    private static readonly TimeSpan Inactivity = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CloseDelay = TimeSpan.FromSeconds(5);

    [Fact]
    public void States_and_histories_are_those_of_Zeeks_baselines() => Agree([.. ZeekBaseline.Zeek()], Says, 0.98);

    [Fact]
    public void States_and_histories_are_those_of_TCPRS_baselines() => Agree([.. ZeekBaseline.Tcprs()], SaysInOldLetters, 0.98);

    private static void Agree(ZeekBaseline[] baselines, Func<ConnectionRecord, ZeekBaseline, bool> says, double bar)
    {
        var analyses = new Dictionary<(string, bool), CaptureAnalysis>();
        var comparison = new Comparison("Zeek");
        foreach (ZeekBaseline expected in baselines)
        {
            var key = (expected.Capture, expected.IgnoresChecksums);
            if (!analyses.TryGetValue(key, out CaptureAnalysis? analysis))
            {
                analysis = CaptureAnalysis.Of(expected.Capture, new() { Idle = Inactivity, Linger = CloseDelay, DropsBadChecksums = !expected.IgnoresChecksums });
                analyses.Add(key, analysis);
            }

            ConnectionRecord[] candidates = [.. analysis.Connections.Where(record => IsBetween(record, expected))];
            ConnectionRecord? found = Array.Find(candidates, record => says(record, expected)) ?? candidates.FirstOrDefault();
            string theirs = $"{expected.State} {expected.History}";
            string ours = found is null ? "none" : says(found, expected) ? theirs : $"{found.ZeekState} {found.History}";
            comparison.Add($"{expected.Capture} {expected.Originator} {expected.Responder}", theirs, ours);
        }
        comparison.Hold(bar);
    }

    private static bool IsBetween(ConnectionRecord record, ZeekBaseline expected)
        => (expected.Originator.Length == 0 || expected.Originator == Name(record.Originator))
            && (expected.Responder.Length == 0 || expected.Responder == Name(record.Responder));

    private static string Name(Endpoint end) => $"{end.Address}|{end.Port}";

    private static bool Says(ConnectionRecord record, ZeekBaseline expected)
        => (expected.State.Length == 0 || expected.State == record.ZeekState) && (expected.History.Length == 0 || expected.History == record.History);

    private static bool SaysInOldLetters(ConnectionRecord record, ZeekBaseline expected)
    {
        string history = string.Concat(record.History.Where(letter => !"^tTwWgG".Contains(letter)));
        string state = record.ZeekState == "OTH" && history == "R" ? "RSTOS0" : record.ZeekState;
        return expected.State == state && expected.History == history;
    }
}
