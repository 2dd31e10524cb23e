using System.CommandLine;
using TcpLens.Cli.Explain;
using TcpLens.Cli.Rendering;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>tcplens states: the one table of transitions, as a table or drawn.</summary>
internal static class StatesCommand
{
    public const string Name = "states";
    public const string Description = "Show every transition between the eleven states, or draw them";

    private static readonly Option<bool> Svg = new("--svg") { Description = "draw the state diagram as SVG on standard output" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Svg);
        Common.AddLooksTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens states                      every transition, and if Linux takes it",
            "tcplens states --svg > states.svg   the diagram");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        if (result.GetValue(Svg))
        {
            session.Output.Write(System.Text.Encoding.UTF8.GetBytes(StateDiagram.Draw()));
        }
        else if (session.Json)
        {
            WriteJson(session);
        }
        else
        {
            WriteTable(session);
        }

        return 0;
    }

    private static void WriteTable(Session session)
    {
        var table = new TableWriter(
            session.Output, session.Style,
            [new Column("From"), new Column("Event") { Cut = Cut.End }, new Column("To"), new Column("Name") { Cut = Cut.End, Priority = 2 }, new Column("Linux") { Priority = 1 }],
            TableWriter.WholeTable);
        foreach (TcpTransition transition in TcpTransitions.All)
        {
            table.Word(TcpStateNames.Utf8Name(transition.From, StateSpelling.Rfc));
            table.Text(TcpEventText.Describe(transition.Event));
            table.Word(TcpStateNames.Utf8Name(transition.To, StateSpelling.Rfc));
            table.Text(transition.Name ?? "", Ink.Dim);
            table.Text(InLinux(transition.Linux), Ink.Dim);
            table.EndRow();
        }

        table.Complete();
    }

    private static void WriteJson(Session session)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.states/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.BeginArray("transitions"u8);
        foreach (TcpTransition transition in TcpTransitions.All)
        {
            json.BeginObject();
            json.Word("from"u8, TcpStateNames.Utf8Name(transition.From, StateSpelling.Snake));
            json.Text("event"u8, TcpEventText.Describe(transition.Event));
            json.Word("to"u8, TcpStateNames.Utf8Name(transition.To, StateSpelling.Snake));
            json.Text("name"u8, OrNull(transition.Name));
            json.Text("rfc9293_section"u8, transition.Section);
            json.Text("linux"u8, InLinux(transition.Linux));
            json.Text("linux_note"u8, OrNull(transition.LinuxNote));
            json.EndObject();
        }

        json.EndArray();
        json.EndDocument();
    }

    private static string InLinux(LinuxSupport support) => support switch
    {
        LinuxSupport.Same => "same",
        LinuxSupport.Different => "different",
        LinuxSupport.Never => "never",
    };

    private static string? OrNull(string? text) => text is { Length: > 0 } ? text : null;
}
