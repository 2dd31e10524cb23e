using System.CommandLine;
using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>tcplens list: ss, netstat and lsof -i in one.</summary>
internal static class ListCommand
{
    public const string Name = "list";
    public const string Description = "List sockets: ss, netstat and lsof -i in one";

    private static readonly Argument<string[]> Filter = new("FILTER") { Arity = ArgumentArity.ZeroOrMore, HelpName = "FILTER", Description = "which sockets, in the language of ss: state close-wait dport 443" };
    private static readonly Option<bool> Process = new("--process", "-p") { Description = "every process that holds the socket" };
    private static readonly Option<bool> Info = new("--info", "-i") { Description = "what TCP knows of the connection (tcp_info), in words" };
    private static readonly Option<bool> Timers = new("--timers", "-o") { Description = "which timer runs, and when it fires" };
    private static readonly Option<bool> Memory = new("--memory", "-m") { Description = "buffers, and segments dropped on the socket" };
    private static readonly Option<bool> Listening = new("--listening", "-l") { Description = "listeners only, with their accept queues" };
    private static readonly Option<bool> Wide = new("--wide", "-W") { Description = "never cut, however narrow the terminal" };
    private static readonly Option<bool> Tree = new("--tree") { Description = "grouped by process" };
    private static readonly Option<bool> Resolve = new("--resolve", "-r") { Description = "names of hosts and services instead of numbers" };
    private static readonly Option<bool> NoHeader = new("--no-header", "-H") { Description = "rows only" };
    private static readonly Option<string?> Columns = new("--columns") { Description = "state,local,remote,rtt,…; --columns help names them all", HelpName = "A,B,…" };
    private static readonly Option<string?> Sort = new("--sort") { Description = "largest first; +COLUMN for smallest first", HelpName = "COLUMN" };
    private static readonly Option<int?> Top = new("--top") { Description = "only the first N rows", HelpName = "N" };
    private static readonly Option<bool> Watch = new("--watch") { Description = "the same as --interval 1s" };
    private static readonly CommonOptions Common = new();
    private static readonly ScopeOptions Scope = new();
    private static readonly Repetition Repeat = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Filter);
        Completions.Offer(Filter, Completions.FilterWords);
        Completions.Offer(Columns, static () => SocketColumn.Names);
        Completions.Offer(Sort, static () => SocketColumn.Names);
        foreach (Option option in (Option[])[Process, Info, Timers, Memory, Listening, Wide, Tree, Resolve, NoHeader, Columns, Sort, Top, Watch])
        {
            command.Add(option);
        }

        Repeat.AddTo(command);
        Scope.AddTo(command);
        Common.AddTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens list                                   every socket",
            "tcplens list --listening --process             who listens, and the queues",
            "tcplens list state close-wait process nginx    what nginx forgot to close",
            "tcplens list 'rtt > 100ms dport 443' --info    slow paths, with tcp_info",
            "tcplens list --sort sendq --top 10 --process   the most unacknowledged data",
            "tcplens list dst 10.0.0.0/8 --interval 1s      what comes, changes and goes");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        if (result.GetValue(Columns) == "help")
        {
            foreach (string name in SocketColumn.Names)
            {
                session.Output.WriteText(name);
                session.Output.WriteLine();
            }

            return 0;
        }

        ListLayout layout = LayoutOf(result, session);
        StateSet states = result.GetValue(Listening) ? StateSet.Of(TcpState.Listen) : StateSet.All;
        SocketRequest request = SocketRequest.Make(result.GetValue(Filter) ?? [], layout.Needs, states, Scope.Of(result), session);
        using LiveMachine machine = session.OpenMachine();
        TimeSpan? interval = Repeat.IntervalOf(result) ?? (result.GetValue(Watch) ? TimeSpan.FromSeconds(1) : null);
        if (interval is { } pause)
        {
            if (layout.WithInfo || layout.WithMemory || layout.Sort is not null || layout.Top is not null || result.GetValue(Tree))
            {
                throw new UsageException("--interval shows what changes: --info, --memory, --sort, --top and --tree do not go with it");
            }

            return Repeated(result, session, layout, request, machine, pause);
        }

        var list = new SocketList(session, machine, request, layout);
        if (result.GetValue(Tree))
        {
            list.ShowTree();
        }
        else if (layout.Sort is null)
        {
            list.Stream();
        }
        else
        {
            list.ShowSorted();
        }

        session.Output.Flush();
        session.Account(machine, request.Wanted);
        return 0;
    }

    /// <summary>Owners are remembered by cookie from round to round, so TIME_WAIT and orphans show who they belonged to.</summary>
    private static int Repeated(ParseResult result, Session session, ListLayout layout, SocketRequest request, LiveMachine machine, TimeSpan interval)
    {
        machine.Memory = new OwnerMemory();
        machine.FirstSeen = new FirstSeen(session.Clock);
        var changes = new ChangeView(session, machine, layout);
        return Repeat.Run(result, session, interval, round =>
        {
            changes.Show(SocketPicture.Take(machine, request, session.Clock.GetUtcNow()));
            if (round == 0)
            {
                session.Account(machine, request.Wanted);
            }
        });
    }

    private static ListLayout LayoutOf(ParseResult result, Session session)
    {
        List<SocketColumn> columns = [];
        if (result.GetValue(Columns) is { } names)
        {
            foreach (string name in names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                columns.Add(ColumnNamed(name, "--columns"));
            }

            if (columns.Count == 0)
            {
                throw new UsageException($"--columns {names}: name at least one\ntry: tcplens list --columns help");
            }
        }
        else
        {
            columns.AddRange([SocketColumn.State, SocketColumn.ReceiveQueue, SocketColumn.SendQueue, SocketColumn.Local, SocketColumn.Remote]);
            AddIf(session.Netns is not null, SocketColumn.NetworkNamespace);
            AddIf(result.GetValue(Timers), SocketColumn.Timer);
            AddIf(result.GetValue(Process) || result.GetValue(Tree), SocketColumn.Process);
        }

        string? sort = result.GetValue(Sort);
        return new ListLayout(columns)
        {
            Sort = sort is null ? null : ColumnNamed(sort.TrimStart('+', '-'), "--sort"),
            SmallestFirst = sort?.StartsWith('+') == true,
            Top = result.GetValue(Top) is { } top ? top > 0 ? top : throw new UsageException($"--top {top}: say 1 or more") : null,
            WithInfo = result.GetValue(Info),
            WithMemory = result.GetValue(Memory),
            WithOwners = result.GetValue(Process) || result.GetValue(Tree),
            HasHeader = !result.GetValue(NoHeader),
            Names = result.GetValue(Resolve) ? new SocketNames() : null,
            Style = result.GetValue(Wide) ? session.Style with { Columns = null } : session.Style,
        };

        void AddIf(bool wanted, SocketColumn column)
        {
            if (wanted)
            {
                columns.Add(column);
            }
        }
    }

    private static SocketColumn ColumnNamed(string name, string option)
        => SocketColumn.Find(name) ?? throw new UsageException(
            $"{option} {name}: there is no such column{Suggestion.For(name, [.. SocketColumn.Names])}\ntry: tcplens list --columns help");
}
