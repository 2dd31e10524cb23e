using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>A question about sockets: which ones the kernel is asked for, which of those are meant, and what has to be known of them.</summary>
internal sealed class SocketRequest
{
    private SocketRequest(SocketFilter filter, SocketQuery query, SocketFilter? rest, FilterNeeds needs)
    {
        Filter = filter;
        Query = query;
        Rest = rest;
        Needs = needs;
    }

    public SocketFilter Filter { get; }

    public SocketQuery Query { get; }

    /// <summary>What is left to judge here; null when the kernel's answer is exact.</summary>
    public SocketFilter? Rest { get; }

    /// <summary>What the filter and the command together need to know.</summary>
    public FilterNeeds Needs { get; }

    /// <summary>True when no socket is left out, and none beyond the ordinary is asked for.</summary>
    public bool IsEverySocket
        => ReferenceEquals(Filter, SocketFilter.Everything) && Query is { Transport: Transport.Tcp, IncludeBound: false } && Query.States == StateSet.All;

    public bool NeedsOwners => Needs.HasFlag(FilterNeeds.Owners);

    /// <summary>Owners are needed to tell which sockets are meant, so they must be known before the walk.</summary>
    public bool FiltersByOwner => Filter.Needs.HasFlag(FilterNeeds.Owners);

    /// <param name="words">The filter as it stood on the command line.</param>
    /// <param name="needs">What the command needs to know of every socket it shows.</param>
    /// <param name="states">States to look at when the filter does not say; the filter can only narrow them.</param>
    /// <param name="scope">MPTCP and bound sockets, which come only when asked for.</param>
    /// <param name="session">Gets the warnings.</param>
    public static SocketRequest Make(string[] words, FilterNeeds needs, StateSet states, SocketScope scope, Session session)
    {
        SocketFilter filter = Parse(words, session);
        CompiledFilter compiled = Compile(filter);
        needs |= filter.Needs;
        var query = new SocketQuery
        {
            States = compiled.States & states,
            Bytecode = compiled.Bytecode ?? [],
            Details = DetailsOf(needs),
            Transport = scope.Transport,
            IncludeBound = scope.IncludeBound,
        };
        return new SocketRequest(filter, query, compiled.Rest, needs);
    }

    /// <summary>The sockets that are meant, one after the other.</summary>
    public SocketWalk Walk(LiveMachine machine, bool forGroups = false)
    {
        SocketWalk walk = machine.Walk(Query, forGroups && Needs == FilterNeeds.None);
        return Rest is null ? walk : new FilteredWalk(walk, Rest, machine);
    }

    /// <summary>What an unprivileged user would want to hear about.</summary>
    public Sight Wanted => (NeedsOwners ? Sight.OwnersOfOthers : Sight.None) | (Needs.HasFlag(FilterNeeds.Mark) ? Sight.Marks : Sight.None);

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

    /// <summary>Most questions have no filter, and then the compiler is not even loaded: it is a tenth of the time to start.</summary>
    private static CompiledFilter Compile(SocketFilter filter) => ReferenceEquals(filter, SocketFilter.Everything)
        ? new CompiledFilter(StateSet.All, null, null)
        : FilterBytecode.Compile(filter, filter.Needs.HasFlag(FilterNeeds.Mark) && Privileges.Current.Has(Capabilities.NetAdmin));

    private static SocketDetails DetailsOf(FilterNeeds needs)
        => (needs.HasFlag(FilterNeeds.TcpInfo) ? SocketDetails.Info : SocketDetails.None)
            | (needs.HasFlag(FilterNeeds.Memory) ? SocketDetails.Memory : SocketDetails.None)
            | (needs.HasFlag(FilterNeeds.CongestionControl) ? SocketDetails.CongestionControl : SocketDetails.None);
}

/// <summary>The sockets of a walk that pass a filter.</summary>
internal sealed class FilteredWalk(SocketWalk walk, SocketFilter filter, ISocketContext context) : SocketWalk
{
    public override SocketDetail? Detail => walk.Detail;

    public override bool Read(out SocketEntry entry)
    {
        while (walk.Read(out entry))
        {
            if (filter.Matches(in entry, context))
            {
                return true;
            }
        }

        return false;
    }

    protected override void Dispose(bool disposing)
    {
        walk.Dispose();
        base.Dispose(disposing);
    }
}
