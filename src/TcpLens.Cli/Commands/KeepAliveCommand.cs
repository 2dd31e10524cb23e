using System.CommandLine;
using TcpLens.Linux;
using TcpLens.Observation.Filters;

namespace TcpLens.Cli;

/// <summary>tcplens keepalive: who would notice that a peer is gone, and when.</summary>
internal static class KeepAliveCommand
{
    public const string Name = "keepalive";
    public const string Description = "Show which connections would notice that their peer is gone, and when";

    private static readonly Argument<string[]> Filter = new("FILTER") { Arity = ArgumentArity.ZeroOrMore, HelpName = "FILTER", Description = "which connections, as for list" };
    private static readonly Option<bool> Each = new("--each") { Description = "connection by connection, not by process" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Filter);
        Completions.Offer(Filter, Completions.FilterWords);
        command.Add(Each);
        Common.AddTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens keepalive                          by process, and what it means",
            "tcplens keepalive --each 'idle > 10m'      long silent ones, with their times",
            "tcplens keepalive process api dport 5432   one program and its database");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        bool withEach = result.GetValue(Each);
        SocketRequest request = SocketRequest.Make(
            result.GetValue(Filter) ?? [], FilterNeeds.Owners | FilterNeeds.TcpInfo, KeepAliveSurvey.States, default, session);
        using LiveMachine machine = session.OpenMachine();
        KeepAliveSurvey survey = KeepAliveSurvey.Take(machine, request);
        KeepAliveDefaults defaults = KeepAliveDefaults.Read(machine);
        if (session.Json)
        {
            KeepAliveJson.Write(session, machine, survey, defaults, withEach);
        }
        else
        {
            var view = new KeepAliveView(session, machine);
            if (withEach)
            {
                view.ShowEach(survey.Rows);
            }
            else
            {
                view.ShowGroups(KeepAliveGroup.Of(survey, machine));
            }

            view.ShowMeaning(KeepAliveJudgement.Of(survey, defaults));
        }

        session.Output.Flush();
        session.Account(machine, request.Wanted);
        return 0;
    }
}
