using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>Connections that did not come about, as segments show them.</summary>
internal static class OpeningFindings
{
    private const int Few = 3;
    private const double SomeShare = 0.05;
    private const double ManyShare = 0.5;

    /// <summary>Unfinished handshakes at one port from which on it is no chance.</summary>
    private const int FloodMin = 100;

    public static IReadOnlyList<CaptureCondition> All { get; } =
    [
        new("syn-flood", Flooded),
        new("connection-refused", Refused),
        new("syn-sent-pileup", Unanswered),
        new("syn-recv-pileup", HalfOpen),
    ];

    private static CaptureEvidence? Flooded(CaptureFacts facts)
    {
        SynTarget? target = facts.SynTargets.FirstOrDefault(static target => target.Unfinished - target.Error >= FloodMin);
        if (target is null)
        {
            return null;
        }

        long least = target.Unfinished - target.Error;
        double perSecond = least / Math.Max(1, facts.Span.TotalSeconds);
        return new(
            perSecond > 100 ? Severity.Critical : Severity.Warning,
            $"{least:N0} handshakes begun and never finished at one port, {perSecond:N0} a second; a warning from {FloodMin:N0}, critical above 100 a second",
            $"{target.Target} got {Words.Of(least, "SYN")} that nobody followed up, from about {Words.Of(target.Sources, "address", "addresses")}",
            [new($"{least:N0} of {Words.Of(facts.Begun, "connection")} that began in the capture", "capture, handshakes by target") { Value = least }],
            SynFlood.Cure)
        {
            Subject = target.Target.ToString(),
            Confidence = Confidence.Likely,
            ConfirmBy = "many sources with one SYN each are forged; few sources with many are a scan or a broken client",
        };
    }

    private static CaptureEvidence? Refused(CaptureFacts facts)
    {
        OutcomeSum refused = facts.Of(ConnectionOutcome.Refused);
        double share = (double)refused.Connections / Math.Max(1, facts.Begun);
        return refused.Connections < Few || share < SomeShare ? null : new(
            share > ManyShare ? Severity.Warning : Severity.Notice,
            $"{share:P0} of {Words.Of(facts.Begun, "connection")} that began in the capture; a notice from {SomeShare:P0}, a warning above {ManyShare:P0}",
            $"{Words.Of(refused.Connections, "connection")} {(refused.Connections == 1 ? "was" : "were")} refused by a RST",
            [new($"{refused.Connections:N0} SYNs answered by a RST", "capture, outcomes") { Value = refused.Connections }],
            [.. ConnectionRefused.Cure, ConnectionRefused.AnswersWithReset])
        {
            Connections = refused.First,
        };
    }

    private static CaptureEvidence? Unanswered(CaptureFacts facts)
    {
        OutcomeSum silent = facts.Of(ConnectionOutcome.Unanswered);
        double share = (double)silent.Connections / Math.Max(1, facts.Begun);
        return silent.Connections < Few || share < SomeShare ? null : new(
            share > ManyShare ? Severity.Warning : Severity.Notice,
            $"{share:P0} of {Words.Of(facts.Begun, "connection")} that began in the capture; a notice from {SomeShare:P0}, a warning above {ManyShare:P0}",
            $"{Words.Of(silent.Connections, "connection")} got no answer to {(silent.Connections == 1 ? "its" : "their")} SYN",
            [new($"{silent.Connections:N0} connections of nothing but SYNs", "capture, outcomes") { Value = silent.Connections }],
            [SynFate.Cure])
        {
            Connections = silent.First,
            Confidence = Confidence.Likely,
            ConfirmBy = "a capture at the other end: a capture of one direction alone looks the same",
        };
    }

    private static CaptureEvidence? HalfOpen(CaptureFacts facts)
    {
        OutcomeSum open = facts.Of(ConnectionOutcome.HalfOpen);
        double share = (double)open.Connections / Math.Max(1, facts.Begun);
        return open.Connections < Few || share < SomeShare ? null : new(
            Severity.Notice,
            $"{share:P0} of {Words.Of(facts.Begun, "connection")} that began in the capture; a notice from {SomeShare:P0}",
            $"{Words.Of(open.Connections, "handshake")} stopped before {(open.Connections == 1 ? "its" : "their")} last ACK",
            [new($"{open.Connections:N0} SYN-ACKs that nobody acknowledged", "capture, outcomes") { Value = open.Connections }],
            SynRecvPileup.Cure)
        {
            Connections = open.First,
            Confidence = Confidence.Likely,
            ConfirmBy = "whether the SYN-ACKs reach whoever sent the SYNs",
        };
    }
}
