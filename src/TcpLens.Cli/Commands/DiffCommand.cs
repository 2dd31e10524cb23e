using System.CommandLine;
using TcpLens.Linux;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>tcplens diff: two moments, and what lies between them.</summary>
internal static class DiffCommand
{
    public const string Name = "diff";
    public const string Description = "Show which sockets are new, changed and gone between two moments";

    private static readonly Argument<string[]> Words = new("FILTER") { Arity = ArgumentArity.ZeroOrMore, HelpName = "FILTER", Description = "which sockets; or two files saved by tcplens list --json" };
    private static readonly Option<string> After = new("--after") { Description = "time between the two pictures", HelpName = "TIME", DefaultValueFactory = static _ => "5s" };
    private static readonly Option<bool> Process = new("--process", "-p") { Description = "who holds or held the socket" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Words);
        Completions.Offer(Words, Completions.FilterWords);
        command.Add(After);
        command.Add(Process);
        Common.AddTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens diff                                  now, and five seconds later",
            "tcplens diff --after 1m state close-wait -p   what a minute adds, and whose",
            "tcplens diff before.json after.json           two lists saved by list --json");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        string[] words = result.GetValue(Words) ?? [];
        bool withOwners = result.GetValue(Process);
        SocketColumn[] columns = [SocketColumn.State, SocketColumn.ReceiveQueue, SocketColumn.SendQueue, SocketColumn.Local, SocketColumn.Remote];
        var layout = new ListLayout(withOwners ? [.. columns, SocketColumn.Process] : columns) { WithOwners = withOwners, Style = session.Style };
        using LiveMachine machine = session.OpenMachine();
        machine.Memory = new OwnerMemory();
        var view = new ChangeView(session, machine, layout);
        if (words is [var first, var second] && File.Exists(first) && File.Exists(second))
        {
            view.StartFrom(SavedList.Read(first, machine.Memory));
            view.Show(SavedList.Read(second, machine.Memory));
            return 0;
        }

        TimeSpan pause = Duration.Of(result, After);

        SocketRequest request = SocketRequest.Make(words, withOwners ? FilterNeeds.Owners : FilterNeeds.None, StateSet.All, default, session);
        view.StartFrom(SocketPicture.Take(machine, request, session.Clock.GetUtcNow()));
        session.Account(machine, request.Wanted);
        session.Error.Progress($"first picture taken; the second follows in {pause.TotalSeconds:0.#} s …");
        Thread.Sleep(pause);
        session.Error.EndProgress();
        view.Show(SocketPicture.Take(machine, request, session.Clock.GetUtcNow()));
        return 0;
    }
}
