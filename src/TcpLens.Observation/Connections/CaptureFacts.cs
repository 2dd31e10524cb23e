using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>How often a mark was given, in how many connections, and where most often.</summary>
/// <param name="Mark">A single mark.</param>
/// <param name="Segments">Segments with it.</param>
/// <param name="Connections">Connections with such a segment.</param>
/// <param name="Worst">The connections with most of them, the worst first; a few.</param>
public sealed record MarkSum(SegmentMarks Mark, long Segments, long Connections, IReadOnlyList<NotedConnection> Worst);

/// <summary>Connections that ended in one way.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Connections">How many.</param>
/// <param name="Packets">Their packets, both ways.</param>
/// <param name="PayloadOctets">Their payload, both ways.</param>
/// <param name="First">The first few of them, by number.</param>
public sealed record OutcomeSum(ConnectionOutcome Outcome, long Connections, long Packets, long PayloadOctets, IReadOnlyList<NotedConnection> First);

/// <summary>A port that many SYNs went to without a handshake.</summary>
/// <param name="Target">The port.</param>
/// <param name="Unfinished">Connections to it whose handshake was not completed; at most <paramref name="Error"/> too many.</param>
/// <param name="Sources">Distinct addresses they came from, estimated.</param>
/// <param name="Error">How much <paramref name="Unfinished"/> may be too high.</param>
public sealed record SynTarget(Endpoint Target, long Unfinished, long Sources, long Error);

/// <summary>An address that tried many ports or hosts.</summary>
/// <param name="Source">The address.</param>
/// <param name="Attempts">Connections of it that were refused, unanswered or strays; at most <paramref name="Error"/> too many.</param>
/// <param name="Ports">Distinct ports it tried, estimated.</param>
/// <param name="Hosts">Distinct addresses it tried, estimated.</param>
/// <param name="Error">How much <paramref name="Attempts"/> may be too high.</param>
public sealed record ScanSource(HostAddress Source, long Attempts, long Ports, long Hosts, long Error);

/// <summary>What a whole capture says in sums: enough for a diagnosis, and of bounded size.</summary>
public sealed record CaptureFacts
{
    /// <summary>Time of the first packet (the Unix epoch is the origin).</summary>
    public required Instant First { get; init; }

    public required Instant Last { get; init; }

    public required long Connections { get; init; }

    /// <summary>Connections whose beginning was captured.</summary>
    public required long Begun { get; init; }

    /// <summary>Segments with payload, those sent again with them.</summary>
    public required long DataSegments { get; init; }

    /// <summary>Segments sent again by ends that sent data, their handshakes aside.</summary>
    public required long DataSegmentsAgain { get; init; }

    /// <summary>TCP segments of all kinds.</summary>
    public required long Segments { get; init; }

    public required IReadOnlyDictionary<SegmentMarks, MarkSum> Marks { get; init; }

    public required IReadOnlyDictionary<ConnectionOutcome, OutcomeSum> Outcomes { get; init; }

    public required IReadOnlyDictionary<RetransmissionKind, long> Retransmissions { get; init; }

    /// <summary>Ports with many unfinished handshakes, most first.</summary>
    public required IReadOnlyList<SynTarget> SynTargets { get; init; }

    public required IReadOnlyList<ScanSource> ScanSources { get; init; }

    /// <summary>Connections on which data was sent again and again and never acknowledged, to the end of what was seen.</summary>
    public required MarkSum Silent { get; init; }

    public TimeSpan Span => Last - First;

    /// <summary>The sum of a mark; zeros where there was none.</summary>
    public MarkSum Of(SegmentMarks mark) => Marks.GetValueOrDefault(mark) ?? new MarkSum(mark, 0, 0, []);

    public OutcomeSum Of(ConnectionOutcome outcome) => Outcomes.GetValueOrDefault(outcome) ?? new OutcomeSum(outcome, 0, 0, 0, []);

    public long Of(RetransmissionKind kind) => Retransmissions.GetValueOrDefault(kind);
}
