using System.CommandLine;
using TcpLens.Cli.Rendering;
using TcpLens.Cli.Tune;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>tcplens tune apply: the settings that a finding of the doctor recommends.</summary>
internal static class TuneApplyCommand
{
    private static readonly Argument<string> Id = new("FINDING-ID") { HelpName = "FINDING-ID", Description = "as tcplens doctor shows it, such as accept-queue-overflow" };
    private static readonly Option<string> Length = new("--duration") { Description = "how long to look for the finding", HelpName = "TIME", DefaultValueFactory = static _ => "5s" };

    public static Command Create()
    {
        var command = new Command("apply", "Change the settings that a finding of the doctor recommends");
        command.Add(Id);
        Completions.Offer(Id, static () => ConditionCatalog.All.Select(static condition => condition.Info.Id));
        command.Add(Length);
        TuneOptions.AddTo(command);
        TuneCommand.Common.AddPlaceTo(command);
        command.SetAction(result => Session.Run(result, TuneCommand.Common, session => Run(result, session)));
        ExampleHelp.Give(command, "tcplens tune apply accept-queue-overflow    what tcplens doctor found, mended");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        TunePaths paths = TuneOptions.PathsOf(result);
        TuneOptions options = TuneOptions.Of(result);
        Finding finding = Find(result, session);
        SettingChange[] changes = [.. finding.Remedies.SelectMany(static remedy => remedy.Settings).DistinctBy(static change => change.Key)];
        if (changes.Length == 0)
        {
            throw new UsageException($"{finding.Id}: no setting helps against it; see its remedies: tcplens doctor --only {finding.Condition.Id}");
        }

        return TuneRun.Apply(session, paths, TuneGround.Read(session, paths.Root), changes, $"{finding.Id}: {finding.Summary}", options);
    }

    /// <summary>A finding is not kept anywhere: the doctor looks again, so that nobody mends what has passed.</summary>
    private static Finding Find(ParseResult result, Session session)
    {
        string id = result.GetValue(Id)!;
        string condition = id.Split('@')[0];
        if (ConditionCatalog.Find(condition) is null)
        {
            throw new UsageException($"{id}: there is no such condition{Suggestion.For(condition, [.. ConditionCatalog.All.Select(static known => known.Info.Id)])}");
        }

        if (!Duration.TryParse(result.GetValue(Length), out TimeSpan duration))
        {
            throw new UsageException($"--duration {result.GetValue(Length)}: say a time with its unit, such as 500ms, 5s or 1m");
        }

        using var interruption = new Interruption();
        using LiveMachine machine = session.OpenMachine();
        Examination seen = new Examiner(machine, session.Clock, session.Error.Progress).Examine(duration, interruption.Token);
        session.Error.EndProgress();
        DoctorReport report = Doctor.Examine(seen, new DoctorOptions { Only = [condition] });
        return report.Findings.FirstOrDefault(finding => finding.Id == id)
            ?? report.Findings.FirstOrDefault(finding => finding.Condition.Id == id)
            ?? throw new UsageException($"{id}: the doctor does not find it now; look: tcplens doctor --only {condition}");
    }
}
