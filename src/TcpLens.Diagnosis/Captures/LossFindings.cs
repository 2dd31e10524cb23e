using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>Loss, order and flow control, as segments show them.</summary>
internal static class LossFindings
{
    /// <summary>Fewer segments say nothing about a rate.</summary>
    private const long SegmentsMin = 100;
    private const double Noticed = 0.005;
    private const double Felt = 0.02;
    private const double Unusable = 0.1;

    public static IReadOnlyList<CaptureCondition> All { get; } =
    [
        new("retransmission-rate", Lost),
        new("rto-and-tail-loss", TimedOut),
        new("spurious-retransmission", Needless),
        new("reordering-duplication", Reordered),
        new("zero-window-peer", WindowShut),
        new("stalled-transmission", Silent),
    ];

    private static CaptureEvidence? Lost(CaptureFacts facts)
    {
        MarkSum again = facts.Of(SegmentMarks.Retransmission);
        long lost = facts.DataSegmentsAgain - facts.Of(SegmentMarks.Spurious).Segments;
        double share = (double)lost / Math.Max(1, facts.DataSegments);
        if (facts.DataSegments < SegmentsMin || share <= Noticed)
        {
            return null;
        }

        (Severity severity, string next) = share > Unusable ? (Severity.Critical, $"critical above {Unusable:P0}")
            : share > Felt ? (Severity.Warning, $"a warning above {Felt:P0}") : (Severity.Notice, $"a notice above {Noticed:P1}");
        return new(
            severity,
            $"{share:P1} of {Words.Of(facts.DataSegments, "data segment")}; {next}",
            $"{share:P1} of the data segments were sent again, in {Words.Of(again.Connections, "connection")}",
            [new($"{Words.Of(again.Segments, "segment")} sent again, {facts.Of(SegmentMarks.Spurious).Segments:N0} of them needlessly", "capture, retransmission") { Value = again.Segments }],
            RetransmissionRate.Cure)
        {
            Connections = again.Worst,
        };
    }

    private static CaptureEvidence? TimedOut(CaptureFacts facts)
    {
        long timeouts = facts.Of(RetransmissionKind.Timeout) + facts.Of(RetransmissionKind.BackedOffTimeout);
        long all = facts.Retransmissions.Where(static pair => pair.Key != RetransmissionKind.Control).Sum(static pair => pair.Value);
        return all < 20 || timeouts * 3 < all ? null : new(
            Severity.Notice,
            $"{(double)timeouts / all:P0} of {all:N0} retransmissions; a notice from a third",
            $"{Words.Of(timeouts, "retransmission")} waited for a timeout",
            [new($"{timeouts:N0} by timeout ({facts.Of(RetransmissionKind.BackedOffTimeout):N0} of them backed off), {all - timeouts:N0} sooner", "capture, kinds of retransmission") { Value = timeouts }],
            RtoAndTailLoss.Cure)
        {
            Connections = facts.Of(SegmentMarks.Retransmission).Worst,
            Confidence = Confidence.Likely,
            ConfirmBy = "the sender's own counters: TcpExt.TCPTimeouts, TcpExt.TCPLossProbes",
        };
    }

    private static CaptureEvidence? Needless(CaptureFacts facts)
    {
        MarkSum needless = facts.Of(SegmentMarks.Spurious);
        long all = facts.Of(SegmentMarks.Retransmission).Segments;
        return needless.Segments < 20 || needless.Segments * 4 < all ? null : new(
            Severity.Notice,
            $"{needless.Segments:N0} of {all:N0} retransmissions; a notice from a quarter",
            $"{Words.Of(needless.Segments, "segment")} sent again that had been acknowledged, in {Words.Of(needless.Connections, "connection")}",
            [
                new($"{needless.Segments:N0} retransmissions of acknowledged octets", "capture, spurious") { Value = needless.Segments },
                new($"{facts.Of(SegmentMarks.DuplicateSack).Segments:N0} reports of octets received twice", "capture, DSACK") { Value = facts.Of(SegmentMarks.DuplicateSack).Segments },
            ],
            SpuriousRetransmission.Cure)
        {
            Connections = needless.Worst,
        };
    }

    private static CaptureEvidence? Reordered(CaptureFacts facts)
    {
        MarkSum order = facts.Of(SegmentMarks.OutOfOrder);
        double share = (double)order.Segments / Math.Max(1, facts.DataSegments);
        return facts.DataSegments < SegmentsMin || share < 0.01 ? null : new(
            share > 0.05 ? Severity.Warning : Severity.Notice,
            $"{share:P1} of {Words.Of(facts.DataSegments, "data segment")}; a notice from 1 %, a warning above 5 %",
            $"{Words.Of(order.Segments, "segment")} came out of order, in {Words.Of(order.Connections, "connection")}",
            [new($"{order.Segments:N0} segments overtaken by later ones", "capture, out of order") { Value = order.Segments }],
            ReorderingDuplication.Cure)
        {
            Connections = order.Worst,
            Confidence = Confidence.Likely,
            ConfirmBy = "a capture at the other end: one that mixes interfaces can itself be out of order",
        };
    }

    private static CaptureEvidence? WindowShut(CaptureFacts facts)
    {
        MarkSum shut = facts.Of(SegmentMarks.ZeroWindow);
        long probes = facts.Of(SegmentMarks.ZeroWindowProbe).Segments;
        return shut.Segments == 0 ? null : new(
            probes > 0 ? Severity.Warning : Severity.Notice,
            probes > 0 ? $"{Words.Of(probes, "probe")} asked whether it had opened" : "it opened again before anybody probed",
            $"a receiver closed its window {Words.Of(shut.Segments, "time")}, in {Words.Of(shut.Connections, "connection")}: its program did not read",
            [new($"{shut.Segments:N0} segments with window 0, {probes:N0} probes, {facts.Of(SegmentMarks.WindowFull).Segments:N0} times the window was filled", "capture, zero window") { Value = shut.Segments }],
            ZeroWindowPeer.Cure)
        {
            Connections = shut.Worst,
        };
    }

    private static CaptureEvidence? Silent(CaptureFacts facts) => facts.Silent is not { Connections: > 0 } silent ? null : new(
        Severity.Warning,
        "data was sent again with longer and longer pauses, and the connection was still open when it was last seen",
        $"{Words.Of(silent.Connections, "connection")} {(silent.Connections == 1 ? "has" : "have")} an end that does not answer",
        [new($"{Words.Of(silent.Segments, "timeout")} in a row or after another, without an answer in between", "capture, backed-off timeouts") { Value = silent.Segments }],
        StalledTransmission.Cure)
    {
        Connections = silent.Worst,
        Confidence = Confidence.Likely,
        ConfirmBy = "a capture at the other end: do the segments arrive there, and do its answers leave?",
    };
}
