using System.CommandLine;
using System.Runtime.InteropServices;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Observation.Filters;

namespace TcpLens.Cli;

/// <summary>tcplens doctor port N: who has a port, and why bind() to it fails.</summary>
internal static class DoctorPortCommand
{
    public const string Name = "port";
    public const string Description = "Say who holds a port, and why bind() or listen() to it fails";

    private static readonly Argument<string> Port = new("PORT") { HelpName = "PORT", Description = "the port that a service cannot have" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Port);
        Common.AddTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens doctor port 8080                 EADDRINUSE, and nobody seems to listen",
            "tcplens doctor port 8080 --netns blue    in another namespace, which has ports of its own");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        string? text = result.GetValue(Port);
        if (!ushort.TryParse(text, out ushort port) || port == 0)
        {
            throw new UsageException($"doctor port {text}: say a number from 1 to 65535");
        }

        using LiveMachine machine = session.OpenMachine();
        if (machine.Places is not [var place])
        {
            throw new UsageException("a port belongs to one network namespace: name one (tcplens netns lists them)");
        }

        PortAnswer answer = PortInquiry.Ask(port, SocketsWith(port, machine), LiveMachine.In(place, () => new SettingsReader().Read(session.Clock.GetUtcNow())));
        if (session.Json)
        {
            PortJson.Write(session, place, answer);
        }
        else
        {
            new PortPage(answer, session.Style).WriteTo(session.Output);
        }

        session.Output.Flush();
        session.Account(machine, Sight.OwnersOfOthers);
        return 0;
    }

    /// <summary>All with this local port, those too that are bound and do nothing.</summary>
    private static SocketTable SocketsWith(ushort port, LiveMachine machine)
    {
        SocketFilter filter = SocketFilter.Parse($"sport = :{port}", new SystemNames()).Filter!;
        SocketTable sockets = new();
        List<uint> inodes = [];
        using SocketWalk walk = machine.Walk(new SocketQuery { Filter = filter, IncludeBound = true });
        while (walk.Read(out SocketEntry entry))
        {
            sockets.Add(new SocketRecord { Entry = entry });
            inodes.Add(entry.Inode);
        }

        machine.FindOwners(CollectionsMarshal.AsSpan(inodes));
        sockets.AssignHolders(machine);
        return sockets;
    }
}
