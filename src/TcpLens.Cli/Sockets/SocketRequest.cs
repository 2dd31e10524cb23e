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
        string text = string.Join(' ', words);
        (SocketFilter? filter, FilterError? failure) = SocketFilter.Parse(text, new SystemNames());
        if (filter is null)
        {
            throw new UsageException($"the filter cannot be read\n{failure!.Render()}");
        }

        foreach (string warning in filter.Warnings)
        {
            session.Error.Warning(warning);
        }

        bool canReadMarks = Privileges.Current.Has(Capabilities.NetAdmin);
        CompiledFilter compiled = FilterBytecode.Compile(filter, canReadMarks);
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
    public SocketWalk Walk(LiveMachine machine) => Filtered(machine.Walk(Query), machine);

    /// <inheritdoc cref="LiveMachine.WalkForGroups"/>
    public T WalkForGroups<T>(LiveMachine machine, Func<SocketWalk, T> tally)
    {
        if (Needs == FilterNeeds.None)
        {
            return machine.WalkForGroups(Query, walk => tally(Filtered(walk, machine)));
        }

        using SocketWalk walk = Walk(machine);
        return tally(walk);
    }

    /// <summary>What an unprivileged user would want to hear about.</summary>
    public Sight Wanted => (NeedsOwners ? Sight.OwnersOfOthers : Sight.None) | (Needs.HasFlag(FilterNeeds.Mark) ? Sight.Marks : Sight.None);

    private SocketWalk Filtered(SocketWalk walk, LiveMachine machine) => Rest is null ? walk : new FilteredWalk(walk, Rest, machine);

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
