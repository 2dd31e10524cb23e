using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What somebody asked trace for.</summary>
internal sealed record TraceChoice
{
    /// <summary>Null when it was not said: changes, or whatever the file has.</summary>
    public TraceView? View { get; init; }

    /// <summary>Of --events.</summary>
    public TraceTopics EventTopics { get; init; }

    /// <summary>What to read; null to trace.</summary>
    public string? File { get; init; }

    /// <summary>Where to keep the records; null to show them.</summary>
    public string? Output { get; init; }

    public StateSet From { get; init; } = StateSet.All;

    public StateSet To { get; init; } = StateSet.All;

    public SocketFilter Filter { get; init; } = SocketFilter.Everything;

    public TimeSpan? Interval { get; init; }

    public TimeSpan? Duration { get; init; }

    public long? Count { get; init; }

    public bool IsWide { get; init; }

    public TimeForm Time { get; init; }

    public bool HasHeader { get; init; }

    /// <summary>True when the kernel's own counts are the answer.</summary>
    public bool IsWholeMatrix
        => View == TraceView.Matrix && File is null && From == StateSet.All && To == StateSet.All && ReferenceEquals(Filter, SocketFilter.Everything);

    /// <param name="available">What there is to be shown when nothing was asked for.</param>
    public TraceTopics TopicsOf(TraceTopics available) => View switch
    {
        TraceView.Changes or TraceView.Matrix => TraceTopics.StateChanges,
        TraceView.Lives => TraceTopics.Lives,
        TraceView.Events => EventTopics,
        null => available,
    };

    /// <summary>The way to show these topics when none was asked for.</summary>
    public TraceView ViewOf(TraceTopics topics) => View ?? topics switch
    {
        TraceTopics.StateChanges => TraceView.Changes,
        TraceTopics.Lives => TraceView.Lives,
        _ => TraceView.Events,
    };

    public TraceWish WishFor(TraceTopics topics, IReadOnlyList<uint> namespaces) => new()
    {
        Topics = topics,
        From = From,
        To = To,
        Filter = Filter,
        Namespaces = namespaces,
        Limit = View == TraceView.Matrix ? null : Count,
    };
}
