using System.CommandLine;
using TcpLens.Cli.Tune;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>tcplens tune journal: every change so far, and what became of it.</summary>
internal static class TuneJournalCommand
{
    public static Command Create()
    {
        var command = new Command("journal", "List the changes so far, the latest first");
        TuneOptions.AddRootTo(command);
        TuneCommand.Common.AddLooksTo(command);
        command.SetAction(result => Session.Run(result, TuneCommand.Common, session => Run(session, TuneOptions.PathsOf(result))));
        ExampleHelp.Give(command, "tcplens tune journal    what was changed, when and why");
        return command;
    }

    private static int Run(Session session, TunePaths paths)
    {
        TuneHistory history = new TuneJournal(paths.Journal).Read();
        if (session.Json)
        {
            JournalPage.WriteJson(session, history);
        }
        else
        {
            JournalPage.WriteTable(session, history);
        }

        session.Output.Flush();
        JournalNotes.Say(session, paths);
        return 0;
    }
}
