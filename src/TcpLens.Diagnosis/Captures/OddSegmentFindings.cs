using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>Resets, damage, and segments that fit no connection.</summary>
internal static class OddSegmentFindings
{
    private const int Few = 3;
    private const double SomeShare = 0.01;
    private const double ManyShare = 0.1;

    public static IReadOnlyList<CaptureCondition> All { get; } =
    [
        new("reset-storm-in", Reset),
        new("checksum-errors", Damaged),
        new("challenge-acks", Misfits),
    ];

    private static CaptureEvidence? Reset(CaptureFacts facts)
    {
        OutcomeSum byOriginator = facts.Of(ConnectionOutcome.ResetByOriginator), byResponder = facts.Of(ConnectionOutcome.ResetByResponder);
        long resets = byOriginator.Connections + byResponder.Connections;
        double share = (double)resets / Math.Max(1, facts.Connections);
        return resets < Few || share <= SomeShare ? null : new(
            share > ManyShare ? Severity.Warning : Severity.Notice,
            $"{share:P0} of {Words.Of(facts.Connections, "connection")}; a notice above {SomeShare:P0}, a warning above {ManyShare:P0}",
            $"{Words.Of(resets, "connection")} {(resets == 1 ? "was" : "were")} reset after the handshake: {byOriginator.Connections:N0} by originators, {byResponder.Connections:N0} by responders",
            [new($"{resets:N0} connections ended by a RST", "capture, outcomes") { Value = resets }],
            ResetStormIn.Cure)
        {
            Connections = [.. byResponder.First, .. byOriginator.First],
        };
    }

    private static CaptureEvidence? Damaged(CaptureFacts facts)
    {
        MarkSum bad = facts.Of(SegmentMarks.BadChecksum);
        double share = (double)bad.Segments / Math.Max(1, facts.Segments);
        return bad.Segments == 0 ? null : new(
            bad.Segments >= Few && share > 0.0001 ? Severity.Warning : Severity.Notice,
            $"{share:P3} of {Words.Of(facts.Segments, "segment")}; a warning from {Few} at more than 0.01 %",
            $"{Words.Of(bad.Segments, "segment")} {(bad.Segments == 1 ? "has" : "have")} a wrong checksum, in {Words.Of(bad.Connections, "connection")}",
            [new($"{bad.Segments:N0} wrong checksums; those that an interface had yet to fill in are not counted", "capture, checksums") { Value = bad.Segments }],
            ChecksumErrors.Cure)
        {
            Connections = bad.Worst,
            Confidence = Confidence.Likely,
            ConfirmBy = "a capture at the receiver: sums that are wrong on the sender's host alone are filled in by its interface",
        };
    }

    private static CaptureEvidence? Misfits(CaptureFacts facts)
    {
        MarkSum resets = facts.Of(SegmentMarks.InvalidReset), challenges = facts.Of(SegmentMarks.ChallengeAck);
        return resets.Segments + challenges.Segments < Few ? null : new(
            Severity.Notice,
            $"{Words.Of(resets.Segments, "RST")} beside the window, {Words.Of(challenges.Segments, "challenge ACK")}; a notice from {Few} together",
            $"segments came that do not fit their connections, in {Words.Of(Math.Max(resets.Connections, challenges.Connections), "connection")}",
            [
                new($"{resets.Segments:N0} RSTs that their receivers must not obey", "capture, RFC 5961 section 3") { Value = resets.Segments },
                new($"{challenges.Segments:N0} ACKs that ask back", "capture, RFC 5961") { Value = challenges.Segments },
            ],
            ChallengeAcks.Cure)
        {
            Connections = resets.Segments > 0 ? resets.Worst : challenges.Worst,
        };
    }
}
