using System.CommandLine;
using System.Globalization;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>tcplens doctor: what is wrong with this machine's TCP, what proves it, and what to do.</summary>
internal static class DoctorCommand
{
    public const string Name = "doctor";
    public const string Description = "Find what is wrong, with the evidence and the remedies";

    /// <summary>Also of tune apply, which looks for one finding as the doctor does.</summary>
    internal static readonly Option<double> Patience = new("--patience") { Description = "scale the ages from which waiting counts as too long; 0.1 where seconds matter", HelpName = "FACTOR", DefaultValueFactory = static _ => 1 };

    private static readonly Option<string> Length = new("--duration") { Description = "time between the two samples", HelpName = "TIME", DefaultValueFactory = static _ => "5s" };
    private static readonly Option<string[]> Only = new("--only") { Description = "look for this condition only; may be repeated", HelpName = "ID", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Skip = new("--skip") { Description = "do not look for this condition; may be repeated", HelpName = "ID", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Least = new("--severity") { Description = "leave out what is less severe: info, notice, warning, critical", HelpName = "LEVEL", DefaultValueFactory = static _ => "info" };
    private static readonly Option<bool> ExitCode = new("--exit-code") { Description = "exit with 1 for a warning, 2 for something critical" };
    private static readonly Option<string?> ReportPath = new("--report") { Description = "also write one self-contained HTML page", HelpName = "FILE" };
    private static readonly Option<bool> Watch = new("--watch") { Description = "go on: a line when a finding appears, changes and goes" };
    private static readonly Option<string?> From = new("--from") { Description = "diagnose what 'tcplens snapshot' saved; - reads standard input", HelpName = "FILE" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        foreach (Option option in (ReadOnlySpan<Option>)[Length, Only, Skip, Least, Patience, ExitCode, ReportPath, Watch, From])
        {
            command.Add(option);
        }

        Completions.Offer(Least, static () => ["info", "notice", "warning", "critical"]);
        Common.AddTo(command);
        command.Add(DoctorPortCommand.Create());
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens doctor                              watch for 5 s, say what is wrong",
            "tcplens doctor --only close-wait-leak       look for one condition",
            "tcplens doctor --exit-code --severity warning",
            "tcplens doctor --from incident.snapshot.gz  what was wrong when it was saved",
            "tcplens doctor port 8080                    who holds it, why bind() fails",
            "tcplens explain close-wait-leak             the page of a condition");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        DoctorOptions options = OptionsOf(result);
        TimeSpan duration = Duration.Of(result, Length);

        if (result.GetValue(From) is { } file)
        {
            return Conclude(result, session, Saved(result, session, file), options);
        }

        using var interruption = new Interruption();
        using LiveMachine machine = session.OpenMachine();
        if (machine.Places.Count > 1)
        {
            throw new UsageException("the doctor looks at one network namespace: name one (tcplens netns lists them)");
        }

        var examiner = new Examiner(machine, session.Clock, session.Error.Progress);
        if (result.GetValue(Watch))
        {
            return GoOn(session, examiner, duration, options, interruption);
        }

        Examination seen = examiner.Examine(duration, interruption.Token);
        session.Error.EndProgress();
        int code = Conclude(result, session, seen, options);
        session.Account(machine, Sight.OwnersOfOthers);
        return interruption.ExitCode ?? code;
    }

    private static Examination Saved(ParseResult result, Session session, string file)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[Common.Netns, Length, Watch])
        {
            if (result.GetResult(option) is { Implicit: false })
            {
                throw new UsageException($"--from {file}: a snapshot is of one namespace and one time, so {option.Name} does not go with it");
            }
        }

        session.Error.Progress($"reading {file} …");
        Examination seen = SnapshotFile.Read(file);
        session.Error.EndProgress();
        return seen;
    }

    private static int Conclude(ParseResult result, Session session, Examination seen, DoctorOptions options)
    {
        DoctorReport report = Doctor.Examine(seen, options);
        Show(session, seen, report);
        if (result.GetValue(ReportPath) is { } path)
        {
            ReportFile.Write(path, seen, report);
            session.Error.Hint($"the report is in {path}");
        }

        return result.GetValue(ExitCode) ? CodeOf(report.Worst) : 0;
    }

    private static void Show(Session session, Examination seen, DoctorReport report)
    {
        if (session.Json)
        {
            DoctorJson.Write(session.Output, seen, report);
        }
        else
        {
            new DoctorPage(seen, report, session.Style).WriteTo(session.Output);
        }

        session.Output.Flush();
    }

    private static int GoOn(Session session, Examiner examiner, TimeSpan duration, DoctorOptions options, Interruption interruption)
    {
        var watch = new DoctorWatch(session);
        while (!interruption.Token.IsCancellationRequested)
        {
            Examination seen = examiner.Examine(duration, interruption.Token);
            session.Error.EndProgress();
            if (!interruption.Token.IsCancellationRequested)
            {
                watch.Show(Doctor.Examine(seen, options));
                session.Output.Flush();
            }
        }

        return interruption.ExitCode ?? 0;
    }

    private static int CodeOf(Severity worst) => worst switch
    {
        Severity.Critical => 2,
        Severity.Warning => 1,
        _ => 0,
    };

    private static DoctorOptions OptionsOf(ParseResult result)
    {
        return new DoctorOptions
        {
            Only = Known("--only", result.GetValue(Only)),
            Skip = Known("--skip", result.GetValue(Skip)),
            Least = SeverityOf(result.GetValue(Least)),
            Patience = PatienceOf(result),
        };
    }

    internal static double PatienceOf(ParseResult result)
    {
        double patience = result.GetValue(Patience);
        return patience > 0 && double.IsFinite(patience)
            ? patience
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--patience {patience}: say a factor above 0"));
    }

    private static string[] Known(string option, string[]? ids)
    {
        foreach (string id in ids ?? [])
        {
            if (ConditionCatalog.Find(id) is null)
            {
                string near = Suggestion.For(id, [.. ConditionCatalog.All.Select(static condition => condition.Info.Id)]);
                throw new UsageException($"{option} {id}: there is no such condition{near}\ntry: tcplens explain, which lists them");
            }
        }

        return [.. (ids ?? []).Select(static id => id.ToLowerInvariant())];
    }

    private static Severity SeverityOf(string? text) => text?.ToLowerInvariant() switch
    {
        "info" => Severity.Info,
        "notice" => Severity.Notice,
        "warning" => Severity.Warning,
        "critical" => Severity.Critical,
        _ => throw new UsageException($"--severity {text}: say info, notice, warning or critical"),
    };
}
