using System.CommandLine;
using System.Text.Json;
using TcpLens.Cli.Explain;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>tcplens explain: what a state, a flag or a combination of flags means, with this machine's timers.</summary>
internal static class ExplainCommand
{
    public const string Name = "explain";
    public const string Description = "Explain a state, a flag or a combination of flags";

    private const int ReadableColumns = 100;

    private static readonly Argument<string[]> Topic = new("TOPIC") { Arity = ArgumentArity.ZeroOrMore, HelpName = "TOPIC", Description = "a state or flags, in any spelling: TIME_WAIT, SYN+ACK, [F.], 0x12" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Topic);
        Completions.Offer(Topic, ExplainTopics.Names);
        Common.AddLooksTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result.GetValue(Topic) ?? [], session)));
        ExampleHelp.Give(
            command,
            "tcplens explain close-wait        meaning, timers in seconds, why many of them",
            "tcplens explain SYN+FIN           is that legal?",
            "tcplens explain                   everything that can be explained");
        return command;
    }

    private static int Run(string[] words, Session session)
    {
        if (words.Length == 0)
        {
            foreach (string name in ExplainTopics.Names())
            {
                session.Output.WriteText(name);
                session.Output.WriteLine();
            }

            return 0;
        }

        string text = string.Join(' ', words);
        if (ExplainTopics.Find(text) is not { } topic)
        {
            IReadOnlyList<string> near = ExplainTopics.Suggest(text);
            string hint = near.Count > 0 ? $"did you mean {string.Join(" or ", near)}?" : "'tcplens explain' lists what can be explained";
            throw new UsageException($"explain {text}: neither a state nor flags; {hint}");
        }

        var sysctl = new SysctlReader();
        if (session.Json)
        {
            using var json = new Utf8JsonWriter(session.Output);
            topic.Write(json, sysctl.Read, Environment.MachineName, session.Clock.GetUtcNow());
            json.Flush();
            session.Output.WriteLine();
        }
        else
        {
            Show(session, topic.Text(sysctl.Read));
        }

        return 0;
    }

    private static void Show(Session session, Explanation explanation)
    {
        int width = Math.Min(session.Style.PageColumns, ReadableColumns);
        bool isTitle = true;
        foreach (string line in explanation.Lines(width))
        {
            byte[] octets = System.Text.Encoding.UTF8.GetBytes(line);
            bool isHeading = isTitle || (line.Length > 0 && line[0] != ' ');
            session.Style.Write(session.Output, isHeading ? Ink.Bold : Ink.Normal, octets);
            session.Output.WriteLine();
            isTitle = false;
        }
    }
}
