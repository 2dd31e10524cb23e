using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Which records are wanted. A source may send others too, so each is looked at here again.</summary>
internal sealed record TraceWish
{
    public required TraceTopics Topics { get; init; }

    public StateSet From { get; init; } = StateSet.All;

    public StateSet To { get; init; } = StateSet.All;

    public SocketFilter Filter { get; init; } = SocketFilter.Everything;

    /// <summary>Inodes; empty for all.</summary>
    public IReadOnlyList<uint> Namespaces { get; init; } = [];

    /// <summary>Records after which it is enough.</summary>
    public long? Limit { get; init; }

    /// <summary>The filter in full; empty for none.</summary>
    public string FilterText => IsUnfiltered ? "" : Filter.ToString();

    private bool IsUnfiltered => ReferenceEquals(Filter, SocketFilter.Everything);

    public TraceRequest ToRequest() => new() { Topics = Topics, From = From, To = To, Filter = Filter, Namespaces = Namespaces };

    public bool Wants(in TraceRecord record) => (TopicNames.Of(in record) & Topics) != TraceTopics.None && IsNear(record.Namespace);

    /// <summary>States and filter, of a record that is wanted.</summary>
    public bool Passes(in TraceRecord record, in LifeTail tail, TraceOwners owners)
    {
        if (record.Kind is TraceKind.StateChange or TraceKind.TimeWaitCancelled && !(From.Contains(record.From) && To.Contains(record.To)))
        {
            return false;
        }

        return IsUnfiltered || owners.Judge(Filter, in record, in tail);
    }

    private bool IsNear(uint place)
    {
        if (place == 0)
        {
            return true;   // Not known: a source that cannot tell says so, and leaves none out.
        }

        for (int i = 0; i < Namespaces.Count; i++)   // Asked for every record: a foreach over an interface allocates.
        {
            if (Namespaces[i] == place)
            {
                return true;
            }
        }

        return Namespaces.Count == 0;
    }
}
