using System.CommandLine;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>tcplens capture: packets as they pass, into files and into a summary of connections.</summary>
internal static class CaptureCommand
{
    public const string Name = "capture";
    public const string Description = "Capture packets: keep them, and follow their connections";

    private static readonly CaptureOptions Options = new();
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        Options.AddTo(command);
        Common.AddPlaceTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(session, Options.Of(result))));
        ExampleHelp.Give(
            command,
            "tcplens capture                                     connections, live",
            "tcplens capture tcp port 443 -i eth0 -w web.pcapng  keep the packets",
            "tcplens capture --headers-only -w all.pcapng --rotate 100MB,10files",
            "tcplens capture --trigger reset -w why.pcapng       with what was before it",
            "tcplens capture --print tcp port 5432               a line for each segment",
            "tcplens analyze web.pcapng                          look at it later");
        return command;
    }

    private static int Run(Session session, CaptureChoice choice)
    {
        if (choice.ToStandardOutput && OutputDescriptor.StandardOutput.IsTerminal)
        {
            throw new UsageException("-w - writes packets, which no terminal can show; send them on: tcplens capture -w - | tcpdump -r -");
        }

        if (session.Json && (choice.Prints || choice.ToStandardOutput))
        {
            throw new UsageException($"--json writes its summary to standard output, as does {(choice.Prints ? "--print" : "-w -")}");
        }

        OrdinaryUser? user = CaptureUser.Choose(choice, session.Error.Warning);
        using var interruption = new Interruption();
        using LiveCapture capture = CaptureGround.Open(session, choice);
        using var desk = new CaptureDesk(session, choice, capture, user);
        return desk.Run(interruption);
    }
}
