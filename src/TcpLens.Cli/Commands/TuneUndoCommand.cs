using System.CommandLine;
using TcpLens.Cli.Tune;

namespace TcpLens.Cli;

/// <summary>tcplens tune undo: puts back what was before a change.</summary>
internal static class TuneUndoCommand
{
    private static readonly Argument<int?> Number = new("N") { Arity = ArgumentArity.ZeroOrOne, HelpName = "N", Description = "number of the change; without it, the last one" };

    public static Command Create()
    {
        var command = new Command("undo", "Put back what was before a change, the file included");
        command.Add(Number);
        TuneOptions.AddYesTo(command);
        TuneCommand.Common.AddLooksTo(command);
        command.SetAction(result => Session.Run(
            result, TuneCommand.Common, session => new TuneUndoRun(session, TuneOptions.PathsOf(result)).Undo(result.GetValue(Number), TuneOptions.SaidYes(result))));
        ExampleHelp.Give(command, "tcplens tune undo      the last change", "tcplens tune undo 3    that one");
        return command;
    }
}
