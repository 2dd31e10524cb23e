using System.CommandLine;
using TcpLens.Cli.Tune;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>tcplens tune: what this machine's settings are, and with a verb behind it, changes of them that can be taken back.</summary>
internal static class TuneCommand
{
    public const string Name = "tune";
    public const string Description = "Show settings and who set them; change them so that it can be undone";

    private static readonly Option<bool> All = new("--all") { Description = "every setting, also where it is the kernel's default" };

    /// <summary>Shared by the verbs: --netns and --json mean the same for each.</summary>
    internal static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(All);
        Common.AddPlaceTo(command);
        TuneOptions.AddRootTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        command.Add(TuneSetCommand.Create());
        command.Add(TuneApplyCommand.Create());
        command.Add(TuneUndoCommand.Create());
        command.Add(TuneConfirmCommand.Create());
        command.Add(TuneJournalCommand.Create());
        ExampleHelp.Give(
            command,
            "tcplens tune                               what differs, and who set it",
            "tcplens tune set tcp_keepalive_time=600    show the plan, ask, and do it",
            "tcplens tune undo                          take the last change back",
            "tcplens tune journal                       what was changed so far");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        TunePaths paths = TuneOptions.PathsOf(result);
        JournalNotes.Say(session, paths);
        TuneGround ground = TuneGround.Read(session, paths.Root);
        HostSettings settings = ground.Host is { } host ? ground.Here.WithHostWideFrom(host) : ground.Here;
        IReadOnlyList<ReviewedSetting> reviewed = SettingReview.Of(settings, ground.Files.Sources);
        if (session.Json)
        {
            SettingsJson.Write(session, ground, reviewed);
        }
        else
        {
            new SettingsPage(ground, reviewed, session.Style).WriteTo(session.Output, result.GetValue(All));
        }

        session.Output.Flush();
        foreach (SettingSource pattern in ground.Files.Patterns.Where(static line => line.Key.StartsWith("net.", StringComparison.Ordinal)))
        {
            session.Error.Hint($"{pattern.Path}:{pattern.Line} sets {pattern.Key}, a pattern, which is not followed here");
        }

        foreach (BlindSpot blind in ground.Files.BlindSpots)
        {
            session.Error.Warning(blind.ToString());
        }

        return 0;
    }
}
