using static TcpLens.Observation.ConnectionOutcome;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>What other tools' words for the end of a connection allow it to have been; null where a word says nothing, or several were given.</summary>
internal static class OutcomeWords
{
    private static readonly ConnectionOutcome[] Resets = [ResetByOriginator, ResetByResponder, Refused, Abandoned, ResetInHandshake, Stray];
    private static readonly ConnectionOutcome[] HalfClosed = [HalfClosedByOriginator, HalfClosedByResponder];
    private static readonly ConnectionOutcome[] NotEnded = [Open, Midstream, HalfOpen, Stray];

    /// <summary>tcptrace counts SYNs, FINs and RSTs of both directions, and says "unidirectional" before anything else.</summary>
    public static ConnectionOutcome[]? OfTcptrace(string word) => word switch
    {
        "unidirectional" => [Unanswered, OneSided, .. HalfClosed, .. NotEnded],
        "open" => [.. NotEnded, .. HalfClosed],
        "complete" => [Closed, Closing],
        "reset" or "reset+unidirectional" => Resets,
        "complete+reset" => [Closed, .. Resets],
        _ => null,
    };

    /// <summary>argus says the furthest that was reached; FIN from the first FIN on.</summary>
    public static ConnectionOutcome[]? OfArgus(string word) => word switch
    {
        "REQ" => [Unanswered],
        "ACC" => [HalfOpen],
        "CON" => NotEnded,
        "FIN" => [Closed, Closing, OneSided, .. HalfClosed],
        "RST" => Resets,
        _ => null,
    };

    /// <summary>Suricata has one state for both ends, and none without a SYN unless it is told to pick up.</summary>
    public static ConnectionOutcome[]? OfSuricata(string word) => word switch
    {
        "new/syn_sent" => [Unanswered, OneSided],
        "new/syn_recv" => [HalfOpen],
        "established/established" => [Open, Midstream],
        "established/fin_wait1" or "established/fin_wait2" or "established/close_wait" => HalfClosed,
        "closed/last_ack" or "closed/time_wait" => [Closing, Closed],
        "closed/closed" => [Closed, .. Resets],
        _ => null,
    };
}
