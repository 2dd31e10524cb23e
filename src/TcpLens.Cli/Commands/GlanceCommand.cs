using System.CommandLine;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>tcplens, without a verb: how is this machine's TCP?</summary>
internal static class GlanceCommand
{
    private static readonly CommonOptions Common = new();

    public static RootCommand Create()
    {
        var command = new RootCommand("The state of this machine's TCP. Without a command: all of it at a glance.");
        Common.AddTo(command);
        command.SetAction(result => Session.Run(result, Common, Run));
        ExampleHelp.Give(
            command,
            "tcplens                                this machine's TCP at a glance",
            "tcplens doctor                         what is wrong, and what to do",
            "tcplens count                          sockets by state",
            "tcplens list state close-wait -p       what programs forgot to close",
            "tcplens explain time-wait              a state, with this machine's timers",
            "tcplens COMMAND --help                 more of each");
        return command;
    }

    private static int Run(Session session)
    {
        using var interruption = new Interruption();
        using LiveMachine machine = session.OpenMachine();
        if (machine.Places.Count > 1)
        {
            throw new UsageException("a glance is of one network namespace: name one, or try tcplens count --netns all --by netns,state");
        }

        Glance glance = new GlanceTaker(session, machine).Take(interruption.Token);
        IReadOnlyList<Remark> remarks = GlanceJudge.Judge(glance);
        if (session.Json)
        {
            GlanceJson.Write(session.Output, glance, remarks);
        }
        else
        {
            new GlancePage(glance, remarks, session.Style).WriteTo(session.Output);
        }

        session.Output.Flush();
        session.Account(machine, Sight.OwnersOfOthers);
        return interruption.ExitCode ?? 0;
    }
}
