using System.CommandLine;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>tcplens snapshot: everything that the doctor looks at, saved to be diagnosed later or elsewhere.</summary>
internal static class SnapshotCommand
{
    public const string Name = "snapshot";
    public const string Description = "Save what the doctor looks at, for later or for somebody else";

    private static readonly Option<string> Output = new("--output", "-o") { Description = "where to; compressed when it ends in .gz, - is standard output", HelpName = "FILE", Required = true };
    private static readonly Option<string> Length = new("--duration") { Description = "time between the two samples", HelpName = "TIME", DefaultValueFactory = static _ => "5s" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Output);
        command.Add(Length);
        Common.AddSourcesTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens snapshot -o incident.snapshot.gz     two samples, five seconds apart",
            "tcplens snapshot -o web.snapshot --netns web",
            "tcplens doctor --from incident.snapshot.gz   what was wrong then");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        string path = result.GetValue(Output)!;
        TimeSpan duration = Duration.Of(result, Length);

        using var interruption = new Interruption();
        using LiveMachine machine = session.OpenMachine();
        if (machine.Places.Count > 1)
        {
            throw new UsageException("a snapshot is of one network namespace: name one (tcplens netns lists them)");
        }

        Examination seen = new Examiner(machine, session.Clock, session.Error.Progress).Examine(duration, interruption.Token);
        session.Error.EndProgress();
        if (path == SnapshotFile.Standard)
        {
            SnapshotWriter.Write(session.Output, seen);
        }
        else
        {
            SnapshotFile.Write(path, seen);
            session.Error.Hint($"{(seen.Now.Sockets.Count == 1 ? "1 socket is" : $"{seen.Now.Sockets.Count:N0} sockets are")} in {path}; try: tcplens doctor --from {path}");
        }

        session.Output.Flush();
        session.Account(machine, Sight.OwnersOfOthers);
        return interruption.ExitCode ?? 0;
    }
}
