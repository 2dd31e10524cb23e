using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>A question about sockets as it stood on the command line: which ones are meant, and what has to be known of them.</summary>
internal sealed class SocketRequest
{
    private SocketRequest(SocketQuery query, FilterNeeds needs)
    {
        Query = query;
        Needs = needs;
    }

    public SocketQuery Query { get; }

    /// <summary>What the filter and the command together need to know.</summary>
    public FilterNeeds Needs { get; }

    /// <summary>True when no socket is left out, and none beyond the ordinary is asked for.</summary>
    public bool IsEverySocket
        => Query is { Transport: Transport.Tcp, IncludeBound: false } && Query.States == StateSet.All && ReferenceEquals(Query.Filter, SocketFilter.Everything);

    public bool NeedsOwners => Needs.HasFlag(FilterNeeds.Owners);

    /// <summary>Owners are needed to tell which sockets are meant, so they must be known before the walk.</summary>
    public bool FiltersByOwner => Query.Filter.Needs.HasFlag(FilterNeeds.Owners);

    /// <summary>What an unprivileged user would want to hear about.</summary>
    public Sight Wanted => (NeedsOwners ? Sight.OwnersOfOthers : Sight.None) | (Needs.HasFlag(FilterNeeds.Mark) ? Sight.Marks : Sight.None);

    /// <param name="words">The filter as it stood on the command line.</param>
    /// <param name="needs">What the command needs to know of every socket it shows.</param>
    /// <param name="states">States to look at when the filter does not say; the filter can only narrow them.</param>
    /// <param name="scope">MPTCP and bound sockets, which come only when asked for.</param>
    /// <param name="session">Gets the warnings.</param>
    public static SocketRequest Make(string[] words, FilterNeeds needs, StateSet states, SocketScope scope, Session session)
    {
        SocketFilter filter = Parse(words, session);
        needs |= filter.Needs;
        var query = new SocketQuery
        {
            Filter = filter,
            States = states,
            Details = DetailsOf(needs),
            Transport = scope.Transport,
            IncludeBound = scope.IncludeBound,
        };
        return new SocketRequest(query, needs);
    }

    private static SocketFilter Parse(string[] words, Session session)
    {
        if (words.Length == 0)
        {
            return SocketFilter.Everything;
        }

        (SocketFilter? filter, FilterError? failure) = SocketFilter.Parse(string.Join(' ', words), new SystemNames());
        if (filter is null)
        {
            throw new UsageException($"the filter cannot be read\n{failure!.Render()}");
        }

        foreach (string warning in filter.Warnings)
        {
            session.Error.Warning(warning);
        }

        return filter;
    }

    private static SocketDetails DetailsOf(FilterNeeds needs)
        => (needs.HasFlag(FilterNeeds.TcpInfo) ? SocketDetails.Info : SocketDetails.None)
            | (needs.HasFlag(FilterNeeds.Memory) ? SocketDetails.Memory : SocketDetails.None)
            | (needs.HasFlag(FilterNeeds.CongestionControl) ? SocketDetails.CongestionControl : SocketDetails.None);
}
