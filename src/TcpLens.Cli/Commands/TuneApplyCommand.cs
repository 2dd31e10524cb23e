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
    private static readonly Option<string> Length = new("--duration") { Description = "how long to look for the finding, before and afterwards", HelpName = "TIME", DefaultValueFactory = static _ => "5s" };
    private static readonly Option<int> Which = new("--remedy") { Description = "which of the remedies that are settings, from 1", HelpName = "N", DefaultValueFactory = static _ => 1 };

    public static Command Create()
    {
        var command = new Command("apply", "Change the settings that a finding of the doctor recommends");
        command.Add(Id);
        Completions.Offer(Id, static () => ConditionCatalog.All.Select(static condition => condition.Info.Id));
        command.Add(Which);
        command.Add(Length);
        command.Add(DoctorCommand.Patience);
        TuneOptions.AddTo(command);
        TuneCommand.Common.AddPlaceTo(command);
        command.SetAction(result => Session.Run(result, TuneCommand.Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens tune apply accept-queue-overflow                    what tcplens doctor found, mended",
            "tcplens tune apply ephemeral-port-exhaustion --remedy 2     another of its remedies");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        TunePaths paths = TuneOptions.PathsOf(result);
        TuneOptions options = TuneOptions.Of(result);
        TimeSpan duration = Duration.Of(result, Length);

        string id = result.GetValue(Id)!;
        string condition = id.Split('@')[0].ToLowerInvariant();
        if (ConditionCatalog.Find(condition) is null)
        {
            throw new UsageException($"{id}: there is no such condition{Suggestion.For(condition, [.. ConditionCatalog.All.Select(static known => known.Info.Id)])}");
        }

        DoctorOptions look = new() { Only = [condition], Patience = DoctorCommand.PatienceOf(result) };
        Finding finding = Find(session, id, duration, look)
            ?? throw new UsageException($"{id}: the doctor does not find it now; look: tcplens doctor --only {condition}");
        Remedy remedy = RemedyOf(session, finding, result.GetValue(Which));
        return TuneRun.Apply(
            session, paths, TuneGround.Read(session, paths.Root), remedy.Settings, $"{finding.Id}: {finding.Summary}", options,
            () => Aftermath.Of(finding, Find(session, finding.Id, duration, look)));
    }

    /// <summary>A finding's settings are alternatives: one is taken at a time, and what it does is looked at before the next.</summary>
    private static Remedy RemedyOf(Session session, Finding finding, int which)
    {
        List<Remedy> remedies = [.. finding.Remedies.Where(static remedy => remedy.Settings.Count > 0)];
        if (remedies.Count == 0)
        {
            throw new UsageException($"{finding.Id}: no setting helps against it; see its remedies: tcplens doctor --only {finding.Condition.Id}");
        }

        if (which < 1 || which > remedies.Count)
        {
            throw new UsageException($"--remedy {which}: {finding.Id} has {(remedies.Count == 1 ? "one remedy that is a setting" : $"{remedies.Count} remedies that are settings")}; say 1{(remedies.Count == 1 ? "" : $" to {remedies.Count}")}");
        }

        for (int i = 0; i < remedies.Count; i++)
        {
            if (i + 1 != which)
            {
                session.Error.Hint($"another remedy, --remedy {i + 1}: {remedies[i].Text}");
            }
        }

        return remedies[which - 1];
    }

    /// <summary>A finding is not kept anywhere: the doctor looks again, so that nobody mends what has passed.</summary>
    private static Finding? Find(Session session, string id, TimeSpan duration, DoctorOptions look)
    {
        using var interruption = new Interruption();
        using LiveMachine machine = session.OpenMachine();
        Examination seen = new Examiner(machine, session.Clock, session.Error.Progress).Examine(duration, interruption.Token);
        session.Error.EndProgress();
        DoctorReport report = Doctor.Examine(seen, look);
        return report.Findings.FirstOrDefault(finding => finding.Id == id)
            ?? report.Findings.FirstOrDefault(finding => finding.Condition.Id == id);
    }
}
