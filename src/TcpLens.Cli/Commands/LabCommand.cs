using System.CommandLine;

namespace TcpLens.Cli;

/// <summary>tcplens lab: what can be tried with a TCP of our own, away from the machine's.</summary>
internal static class LabCommand
{
    public const string Name = "lab";
    public const string Description = "Experiments with a TCP in user space, in virtual time";

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(LabScriptCommand.Create());
        ExampleHelp.Give(command, "tcplens lab script handshake.pkt    run a packetdrill script");
        return command;
    }
}
