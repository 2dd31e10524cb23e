using System.CommandLine;
using TcpLens.Cli.Tune;

namespace TcpLens.Cli;

/// <summary>tcplens tune confirm: keeps a change that would be put back by itself.</summary>
internal static class TuneConfirmCommand
{
    private static readonly Argument<int?> Number = new("N") { Arity = ArgumentArity.ZeroOrOne, HelpName = "N", Description = "number of the change; without it, the last that waits" };

    public static Command Create()
    {
        var command = new Command("confirm", "Keep a change that was made with --revert-after");
        command.Add(Number);
        TuneOptions.AddRootTo(command);
        TuneCommand.Common.AddLooksTo(command);
        command.SetAction(result => Session.Run(
            result, TuneCommand.Common, session => new TuneUndoRun(session, TuneOptions.PathsOf(result)).Confirm(result.GetValue(Number))));
        ExampleHelp.Give(command, "tcplens tune confirm    the change that waits for it");
        return command;
    }
}
