using System.CommandLine;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>tcplens count: how many sockets, by state or by whatever else.</summary>
internal static class CountCommand
{
    public const string Name = "count";
    public const string Description = "Count sockets by state, process, remote, port, user and more";

    private static readonly Argument<string[]> Filter = new("FILTER") { Arity = ArgumentArity.ZeroOrMore, HelpName = "FILTER", Description = "which sockets, in the language of ss: state close-wait dport 443" };
    private static readonly Option<string> By = new("--by") { Description = "count by: " + string.Join(", ", Dimensions.All), HelpName = "WHAT[,WHAT]", DefaultValueFactory = static _ => "state" };
    private static readonly Option<bool> Walk = new("--walk") { Description = "walk every socket, also where the kernel keeps the sum" };
    private static readonly Option<int?> Top = new("--top") { Description = "only the N largest groups", HelpName = "N" };
    private static readonly CommonOptions Common = new();
    private static readonly ScopeOptions Scope = new();
    private static readonly Repetition Repeat = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Filter);
        Completions.Offer(Filter, Completions.FilterWords);
        Completions.Offer(By, static () => Dimensions.All);
        command.Add(By);
        command.Add(Walk);
        command.Add(Top);
        Repeat.AddTo(command);
        Scope.AddTo(command);
        Common.AddTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens count                                every state, the zeros too",
            "tcplens count --by process,state             who has how many, in which state",
            "tcplens count --by remote state time-wait    to whom TIME_WAIT piles up",
            "tcplens count dport 5432 --interval 1s       watch a number change");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        Dimension[] by = DimensionsOf(result.GetValue(By)!);
        SocketRequest request = SocketRequest.Make(result.GetValue(Filter) ?? [], NeedsOf(by), StateSet.All, Scope.Of(result), session);
        using LiveMachine machine = session.OpenMachine();
        int? top = result.GetValue(Top);
        var tally = new SocketTally(by, machine);
        var view = new CountView(session, tally, by, top is < 1 ? throw new UsageException($"--top {top}: say 1 or more") : top);
        if (Repeat.IntervalOf(result) is not { } interval)
        {
            Take(machine, request, tally, by, result.GetValue(Walk));
            view.Show(machine.Sources);
            session.Account(machine, request.Wanted);
            return 0;
        }

        machine.Memory = new OwnerMemory();
        return Repeat.Run(result, session, interval, round =>
        {
            tally.StartRound();
            Take(machine, request, tally, by, result.GetValue(Walk));
            view.Show(machine.Sources);
            if (round == 0)
            {
                session.Account(machine, request.Wanted);
            }
        });
    }

    private static void Take(LiveMachine machine, SocketRequest request, SocketTally tally, Dimension[] by, bool walk)
    {
        if (by is [Dimension.State] && request.IsEverySocket)
        {
            Add(tally, machine.CountStates(walk));
            return;
        }

        if (request.NeedsOwners)
        {
            machine.FindAllOwners();
        }

        machine.WalkForGroups(request.Query, TellsLittle(by) && request.Needs == FilterNeeds.None, sockets =>
        {
            tally.Restart();
            while (sockets.Read(out SocketEntry entry))
            {
                tally.Add(in entry);
            }
        });
    }

    /// <summary>True when states, endpoints and users are enough to tell the groups apart.</summary>
    private static bool TellsLittle(Dimension[] by) => Array.TrueForAll(by, static dimension => dimension
        is Dimension.State or Dimension.Family or Dimension.User or Dimension.NetworkNamespace
        or Dimension.LocalAddress or Dimension.LocalPort or Dimension.RemoteAddress or Dimension.RemotePort);

    private static void Add(SocketTally tally, in StateCounts counts)
    {
        foreach (TcpState state in LifeOrder.States)
        {
            if (counts[state] > 0)
            {
                tally.Add(new SocketEntry { State = state, Family = IpFamily.V4, Local = default, Remote = default }, counts[state]);
            }
        }
    }

    private static Dimension[] DimensionsOf(string text)
    {
        string[] names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length is 0 or > SocketTally.MaxDimensions)
        {
            throw new UsageException($"--by {text}: name 1 to {SocketTally.MaxDimensions} of {string.Join(", ", Dimensions.All)}");
        }

        return Array.ConvertAll(names, static name => Dimensions.TryParse(name, out Dimension dimension)
            ? dimension
            : throw new UsageException($"--by {name}: there is no such thing to count by{Suggestion.For(name, [.. Dimensions.All])}; there are {string.Join(", ", Dimensions.All)}"));
    }

    private static FilterNeeds NeedsOf(Dimension[] by)
    {
        FilterNeeds needs = FilterNeeds.None;
        foreach (Dimension dimension in by)
        {
            needs |= dimension switch
            {
                Dimension.Process or Dimension.Pid => FilterNeeds.Owners,
                Dimension.Container => FilterNeeds.Container,
                Dimension.Cgroup => FilterNeeds.CgroupPath,
                Dimension.Congestion => FilterNeeds.CongestionControl,
                _ => FilterNeeds.None,
            };
        }

        return needs;
    }
}
