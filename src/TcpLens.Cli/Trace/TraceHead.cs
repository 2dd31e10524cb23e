using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What has to be known to read the records of a trace: where, when and how it was made.</summary>
internal sealed record TraceHead
{
    public required string Host { get; init; }

    public string? Kernel { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required TraceClock Clock { get; init; }

    public required TraceTopics Topics { get; init; }

    public StateSet From { get; init; } = StateSet.All;

    public StateSet To { get; init; } = StateSet.All;

    /// <summary>The filter that the records have passed; empty for none.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The namespaces that were known when tracing began.</summary>
    public IReadOnlyList<NetworkNamespace> Namespaces { get; init; } = [];

    public TraceNames Names { get; init; } = TraceNames.None;

    /// <summary>What the records came from, in words.</summary>
    public string Source { get; init; } = "";

    public IReadOnlyList<BlindSpot> BlindSpots { get; init; } = [];
}
