using System.CommandLine;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>tcplens kill: closes connections from outside their processes, after showing them and asking.</summary>
internal static class KillCommand
{
    public const string Name = "kill";
    public const string Description = "Close connections from outside: shown first, then asked, then reported";

    private const int FewEnoughToRead = 20;

    private static readonly Argument<string[]> Filter = new("FILTER") { Arity = ArgumentArity.ZeroOrMore, HelpName = "FILTER", Description = "which sockets, as for list; there is no kill without one" };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "do not ask" };
    private static readonly Option<bool> DryRun = new("--dry-run", "-n") { Description = "show what would be closed, and close nothing" };
    private static readonly Option<int> Limit = new("--limit") { Description = "refuse when more than N match", HelpName = "N", DefaultValueFactory = static _ => FewEnoughToRead };
    private static readonly Option<bool> All = new("--all") { Description = "however many match" };
    private static readonly Option<bool> IncludeOwn = new("--include-own") { Description = "also what carries the session you are in" };
    private static readonly Option<bool> IncludeListeners = new("--include-listeners") { Description = "also listeners; the filter must say state listen" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Filter);
        Completions.Offer(Filter, Completions.FilterWords);
        foreach (Option option in (Option[])[Yes, DryRun, Limit, All, IncludeOwn, IncludeListeners])
        {
            command.Add(option);
        }

        Common.AddTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens kill dst 10.2.0.5 dport 5432            show them, ask, close them",
            "tcplens kill state close-wait process api -n    what would be closed",
            "tcplens kill 'idle > 1h' process web --all -y   a clean-up that asks nobody",
            "tcplens kill cookie 4711 --json --yes           one connection, for a program");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        bool isDryRun = result.GetValue(DryRun);
        bool asks = !isDryRun && !result.GetValue(Yes);
        int most = MostOf(result);
        SocketRequest request = RequestOf(result, session);
        RequireSomebodyToAsk(session, asks);
        OwnSession own = OwnSession.Find(new ProcFs(), Environment.ProcessId, Environment.GetEnvironmentVariable);
        using LiveMachine machine = session.OpenMachine();
        var guard = new KillGuard(result.GetValue(IncludeOwn) ? null : own, result.GetValue(IncludeListeners));
        KillPlan plan = KillPlan.Make(machine, request, guard);
        foreach (ProcessRef unreadable in own.Unreadable)
        {
            machine.BlindSpots.Add(new BlindSpot($"connections of {unreadable.Command}/{unreadable.Pid}, which this session runs under", "no permission"));
        }

        // Whoever sees the list may press Ctrl-C from then on; but at the question that ends the program, as ever.
        using Interruption? early = asks ? null : new Interruption();
        var report = new KillReport(session, machine, LayoutOf(session));
        if (!session.Json)
        {
            ShowBefore(report, plan, Math.Max(most, FewEnoughToRead));
            session.Account(machine, Sight.None);
        }

        if (plan.ToClose.Count > most && !isDryRun)
        {
            throw new UsageException(
                $"{plan.ToClose.Count} sockets match, more than the {most} that are closed without --all; nothing was closed\n"
                + "try: a narrower filter, or --all");
        }

        if (asks && plan.ToClose.Count > 0 && !Confirmation.Ask(session.Error, QuestionFor(plan.ToClose.Count)))
        {
            session.Error.Hint("nothing was closed");
            return CommandLine.Failed;
        }

        using Interruption interruption = early ?? new Interruption();
        List<KillResult> results = Close(machine, plan, isDryRun, interruption.Token);
        ShowAfter(session, machine, report, results, isDryRun, interruption.ExitCode is not null);
        bool isLeft = results.Exists(static result => result.Outcome is KillOutcome.Refused or KillOutcome.NotTried);
        return interruption.ExitCode ?? (isLeft && !isDryRun ? CommandLine.Failed : 0);
    }

    private static List<KillResult> Close(LiveMachine machine, KillPlan plan, bool isDryRun, CancellationToken interrupted)
    {
        using var run = new KillRun(machine);
        List<KillResult> results = isDryRun
            ? [.. plan.ToClose.Select(static socket => new KillResult(socket, KillOutcome.WouldClose))]
            : run.Close(plan.ToClose, interrupted);
        results.AddRange(plan.Spared);
        return results;
    }

    /// <summary>Elsewhere a reader that has gone ends a command quietly. Here that would look as if the sockets had been closed.</summary>
    private static void ShowBefore(KillReport report, KillPlan plan, int most)
    {
        try
        {
            report.ShowBefore(plan.ToClose, most);
        }
        catch (OutputClosedException closed)
        {
            throw new IOException("could not show what would be closed, since nobody reads standard output any more; nothing was closed", closed);
        }
    }

    /// <summary>What was done stays done when nobody reads about it; the exit code tells.</summary>
    private static void ShowAfter(Session session, LiveMachine machine, KillReport report, List<KillResult> results, bool isDryRun, bool wasInterrupted)
    {
        try
        {
            if (session.Json)
            {
                KillJson.Write(session, machine, results, isDryRun, wasInterrupted);
                session.Account(machine, Sight.None);
            }
            else
            {
                report.ShowAfter(results);
            }

            session.Output.Flush();
        }
        catch (OutputClosedException)
        {
        }
    }

    /// <summary>No filter means every socket of the machine, which nobody means here.</summary>
    private static SocketRequest RequestOf(ParseResult result, Session session)
    {
        SocketRequest request = SocketRequest.Make(result.GetValue(Filter) ?? [], FilterNeeds.Owners, KillPlan.States, default, session);
        SocketFilter filter = request.Query.Filter;
        if (filter.Root == SocketFilter.Everything.Root)
        {
            throw new UsageException("kill without a filter: say which sockets\ntry: tcplens kill dst 10.2.0.5 dport 5432 --dry-run");
        }

        if (result.GetValue(IncludeListeners) && filter.States != StateSet.Of(TcpState.Listen))
        {
            throw new UsageException("--include-listeners: the filter must be about listeners alone, so that none is closed by the way\ntry: tcplens kill state listen sport 8080 --include-listeners");
        }

        return request;
    }

    private static void RequireSomebodyToAsk(Session session, bool asks)
    {
        if (asks && session.Json)
        {
            throw new UsageException("--json: say --yes too; what will be closed cannot be shown before, unless by --dry-run");
        }

        if (asks && !Confirmation.IsPossible)
        {
            throw new UsageException("nobody can be asked, since standard input or standard error is no terminal: say --yes, or --dry-run to see what would be closed");
        }
    }

    private static int MostOf(ParseResult result)
    {
        int limit = result.GetValue(Limit);
        return limit < 1 ? throw new UsageException($"--limit {limit}: say 1 or more") : result.GetValue(All) ? int.MaxValue : limit;
    }

    private static string QuestionFor(int sockets) => sockets == 1 ? "Close this socket?" : $"Close these {sockets:N0} sockets?";

    private static ListLayout LayoutOf(Session session)
    {
        SocketColumn[] columns = [SocketColumn.State, SocketColumn.ReceiveQueue, SocketColumn.SendQueue, SocketColumn.Local, SocketColumn.Remote];
        return new ListLayout(session.Netns is null ? [.. columns, SocketColumn.Process] : [.. columns, SocketColumn.NetworkNamespace, SocketColumn.Process])
        {
            WithOwners = true,
            Style = session.Style,
        };
    }
}
