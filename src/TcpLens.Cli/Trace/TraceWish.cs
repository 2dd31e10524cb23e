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

    /// <summary>True when whatever a source was asked for is wanted, so that nobody need look at a record.</summary>
    public bool TakesAll => From == StateSet.All && To == StateSet.All && IsUnfiltered && Namespaces.Count == 0 && Limit is null;

    private bool IsUnfiltered => ReferenceEquals(Filter, SocketFilter.Everything);

    /// <summary>
    /// What to ask a source for. A passive open comes as one record, SYN_RECV to ESTABLISHED, that tells of the step out of LISTEN too: who
    /// wants that step has to ask for the record.
    /// </summary>
    public TraceRequest ToRequest()
    {
        bool wantsBirth = From.Contains(TcpState.Listen) && To.Contains(TcpState.SynReceived);
        return new TraceRequest
        {
            Topics = Topics,
            From = wantsBirth ? From | StateSet.Of(TcpState.SynReceived) : From,
            To = wantsBirth ? To | StateSet.Of(TcpState.Established) : To,
            Filter = Filter,
            Namespaces = Namespaces,
        };
    }

    public bool Wants(in TraceRecord record) => (TopicNames.Of(in record) & Topics) != 0 && IsNear(record.Namespace);

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
