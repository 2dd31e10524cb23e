using System.CommandLine;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>tcplens netns: every network namespace of the machine, and whose it is.</summary>
internal static class NamespacesCommand
{
    public const string Name = "netns";
    public const string Description = "List every network namespace of the machine, and whose it is";

    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        Common.AddLooksTo(command);
        command.SetAction(result => Session.Run(result, Common, Run));
        ExampleHelp.Give(
            command,
            "tcplens netns                                what --netns can be given",
            "tcplens count --netns all --by netns,state   the whole machine");
        return command;
    }

    private static int Run(Session session)
    {
        NamespaceSurvey survey = new NamespaceFinder().FindAll(deep: true);
        if (session.Json)
        {
            WriteJson(session, survey);
        }
        else
        {
            WriteTable(session, survey);
        }

        foreach (BlindSpot blind in survey.BlindSpots)
        {
            session.Error.Hint(blind.ToString());
        }

        return 0;
    }

    private static void WriteTable(Session session, NamespaceSurvey survey)
    {
        var table = new TableWriter(
            session.Output, session.Style,
            [
                new Column("Namespace"), new Column("Inode") { Align = Align.Right }, new Column("Processes") { Align = Align.Right },
                new Column("First process") { Cut = Cut.End, Priority = 1 }, new Column("Container") { Cut = Cut.End, Priority = 2 },
                new Column("Names") { Cut = Cut.End, Priority = 3 },
            ],
            TableWriter.WholeTable);
        foreach (NetworkNamespace place in survey.Found)
        {
            table.Text(place.IsOwn && !place.IsHost ? place.DisplayName + " (own)" : place.DisplayName);
            table.Number(place.Inode);
            table.Number(place.Processes);
            table.Text(place.Owner is { } owner ? $"{owner.Command}/{owner.Pid}" : null);
            table.Text(place.Container);
            table.Text(place.Names.Count == 0 ? null : string.Join(", ", place.Names));
            table.EndRow();
        }

        table.Complete();
    }

    private static void WriteJson(Session session, NamespaceSurvey survey)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.netns/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.BeginArray("namespaces"u8);
        foreach (NetworkNamespace place in survey.Found)
        {
            json.BeginObject();
            json.Text("name"u8, place.DisplayName);
            json.Number("inode"u8, (long)place.Inode);
            json.Number("processes"u8, (long)place.Processes);
            json.Number("first_pid"u8, (long?)place.Owner?.Pid);
            json.Text("first_command"u8, place.Owner?.Command);
            json.Text("container"u8, place.Container);
            json.Flag("is_host"u8, place.IsHost);
            json.Flag("is_own"u8, place.IsOwn);
            json.Texts("mounted_names"u8, place.Names);
            json.EndObject();
        }

        json.EndArray();
        json.EndDocument();
    }
}
