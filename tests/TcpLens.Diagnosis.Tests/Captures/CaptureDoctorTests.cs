using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Captures;

/// <summary>What a capture proves is found with the doctor's own ids, and nothing is found in a healthy one.</summary>
public sealed class CaptureDoctorTests
{
    public static TheoryData<string, string, Severity> Cases => new()
    {
        { "retransmission-rate", "lost", Severity.Warning },
        { "rto-and-tail-loss", "timeouts", Severity.Notice },
        { "spurious-retransmission", "needless", Severity.Notice },
        { "reordering-duplication", "disorder", Severity.Notice },
        { "zero-window-peer", "shut", Severity.Notice },
        { "stalled-transmission", "silent", Severity.Warning },
        { "syn-flood", "flood", Severity.Critical },
        { "connection-refused", "refused", Severity.Warning },
        { "syn-sent-pileup", "unanswered", Severity.Warning },
        { "syn-recv-pileup", "half-open", Severity.Notice },
        { "reset-storm-in", "reset", Severity.Warning },
        { "checksum-errors", "damaged", Severity.Warning },
        { "challenge-acks", "misfits", Severity.Notice },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_condition_that_the_segments_prove_is_found_and_no_other(string id, string what, Severity severity)
    {
        Finding finding = Assert.Single(CaptureDoctor.Examine(Sick(what)));
        Assert.Equal(id, finding.Condition.Id);
        Assert.Equal(severity, finding.Severity);
        Assert.NotEmpty(finding.Remedies);
        Assert.NotNull(ConditionCatalog.Find(id));
    }

    [Fact]
    public void Every_condition_that_is_looked_for_has_its_case()
        => Assert.Equal(CaptureDoctor.Looked.Select(info => info.Id).Order(), Cases.Select(row => row.Data.Item1).Order());

    [Fact]
    public void Nothing_is_found_in_a_healthy_capture_or_an_empty_one()
    {
        Assert.Empty(CaptureDoctor.Examine(Healthy));
        Assert.Empty(CaptureDoctor.Examine(Healthy with { Connections = 0, Begun = 0, Segments = 0, DataSegments = 0 }));
    }

    [Fact]
    public void A_finding_names_its_worst_connections()
    {
        Finding finding = Assert.Single(CaptureDoctor.Examine(Sick("shut")));
        Assert.Contains(finding.Culprits, culprit => culprit is { Kind: CulpritKind.Connection, Detail: "connection 7" });
        Assert.Contains(finding.Evidence, fact => fact.Text.Contains("connection 7 (00:00:05.000)", StringComparison.Ordinal));
    }

    private static readonly NotedConnection Seventh = new(7, new(HostAddress.Parse("10.0.0.1")!.Value, 1), new(HostAddress.Parse("10.0.0.2")!.Value, 2), new(5_000_000_000), 3);

    private static CaptureFacts Healthy { get; } = new()
    {
        First = new(0),
        Last = new(10_000_000_000),
        Connections = 100,
        Begun = 100,
        DataSegments = 10_000,
        DataSegmentsAgain = 0,
        Segments = 20_000,
        Marks = new Dictionary<SegmentMarks, MarkSum>(),
        Outcomes = new Dictionary<ConnectionOutcome, OutcomeSum>(),
        Retransmissions = new Dictionary<RetransmissionKind, long>(),
        SynTargets = [],
        ScanSources = [],
        Silent = new(SegmentMarks.Retransmission, 0, 0, []),
    };

    private static CaptureFacts Sick(string what) => what switch
    {
        "lost" => Marked((SegmentMarks.Retransmission, 400)) with { DataSegmentsAgain = 400 },
        "timeouts" => Marked((SegmentMarks.Retransmission, 40)) with { DataSegmentsAgain = 40, Retransmissions = new Dictionary<RetransmissionKind, long> { [RetransmissionKind.Timeout] = 40 } },
        "needless" => Marked((SegmentMarks.Retransmission, 40), (SegmentMarks.Spurious, 40)) with { DataSegmentsAgain = 40 },
        "disorder" => Marked((SegmentMarks.OutOfOrder, 200)),
        "shut" => Marked((SegmentMarks.ZeroWindow, 3)),
        "silent" => Healthy with { Silent = new(SegmentMarks.Retransmission, 5, 1, [Seventh]) },
        "flood" => Healthy with { SynTargets = [new(new(HostAddress.Parse("10.0.0.2")!.Value, 80), 5000, 4000, 0)] },
        "refused" => Ended(ConnectionOutcome.Refused, 60),
        "unanswered" => Ended(ConnectionOutcome.Unanswered, 60),
        "half-open" => Ended(ConnectionOutcome.HalfOpen, 60),
        "reset" => Ended(ConnectionOutcome.ResetByResponder, 60),
        "damaged" => Marked((SegmentMarks.BadChecksum, 30)),
        "misfits" => Marked((SegmentMarks.InvalidReset, 5)),
        _ => throw new ArgumentException(what, nameof(what)),
    };

    private static CaptureFacts Marked(params (SegmentMarks Mark, long Segments)[] marks)
        => Healthy with { Marks = marks.ToDictionary(one => one.Mark, one => new MarkSum(one.Mark, one.Segments, 1, [Seventh])) };

    private static CaptureFacts Ended(ConnectionOutcome outcome, long connections)
        => Healthy with { Outcomes = new Dictionary<ConnectionOutcome, OutcomeSum> { [outcome] = new(outcome, connections, connections, 0, [Seventh]) } };
}
