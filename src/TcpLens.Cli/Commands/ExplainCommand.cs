using System.CommandLine;
using System.Text.Json;
using TcpLens.Cli.Explain;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli;

/// <summary>tcplens explain: what a state, flags, a condition, an errno, a setting, a counter or a reason of the kernel's means, with this machine's values.</summary>
internal static class ExplainCommand
{
    public const string Name = "explain";
    public const string Description = "Explain a state, flags, a finding, an errno, a sysctl, a counter or a drop reason";

    private const int ReadableColumns = 100;

    private static readonly Argument<string[]> Topic = new("TOPIC") { Arity = ArgumentArity.ZeroOrMore, HelpName = "TOPIC", Description = "in any spelling: TIME_WAIT, SYN+ACK, 0x12, ETIMEDOUT, 110, tcp_tw_reuse, ListenDrops, TCP_CSUM" };
    private static readonly Option<bool> Search = new("--search") { Description = "the words are sought in every page" };
    private static readonly Option<string?> ListOf = new("--list") { Description = "list states, flags, conditions, errnos, sysctls, counters, drops or resets", HelpName = "KIND" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Topic);
        command.Add(Search);
        command.Add(ListOf);
        Completions.Offer(Topic, ExplainTopics.Names);
        Completions.Offer(ListOf, static () => TopicKinds.All.Select(kind => kind.Plural()));
        Common.AddLooksTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens explain close-wait             meaning, timers in seconds, why many",
            "tcplens explain SYN+FIN                is that legal?",
            "tcplens explain 110                    ETIMEDOUT: by call, causes, what to do",
            "tcplens explain tcp_fin_timeout        value, default, what advice gets wrong",
            "tcplens explain ListenOverflows        what it counts, and what it is now",
            "tcplens explain TCP_LISTEN_OVERFLOW    why the kernel threw a segment away",
            "tcplens explain --search reset nat     every page with these words",
            "tcplens explain                        everything that can be explained");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        string[] words = result.GetValue(Topic) ?? [];
        if (result.GetValue(Search))
        {
            ShowHits(session, words);
        }
        else if (result.GetValue(ListOf) is { } kind)
        {
            ShowList(session, TopicKinds.Parse(kind) ?? throw new UsageException($"--list {kind}: say states, flags, conditions, errnos, sysctls, counters, drops or resets"));
        }
        else if (words.Length == 0)
        {
            ShowOverview(session);
        }
        else
        {
            ShowPage(session, string.Join(' ', words));
        }

        return 0;
    }

    private static void ShowPage(Session session, string text)
    {
        if (ExplainTopics.Find(text) is not { } topic)
        {
            IReadOnlyList<string> near = ExplainTopics.Suggest(text);
            string hint = near.Count > 0 ? $"did you mean {string.Join(" or ", near)}?" : $"try: tcplens explain --search {text}";
            throw new UsageException($"explain {text}: there is no such topic; {hint}");
        }

        var machine = MachineFacts.Here(session.Clock);
        if (session.Json)
        {
            using var json = new Utf8JsonWriter(session.Output);
            topic.Write(json, machine, Environment.MachineName, session.Clock.GetUtcNow());
            json.Flush();
            session.Output.WriteLine();
        }
        else
        {
            Show(session, topic.Text(machine));
        }
    }

    private static void ShowHits(Session session, string[] words)
    {
        if (words.Length == 0)
        {
            throw new UsageException("--search: say which words; for example: tcplens explain --search reset nat");
        }

        IReadOnlyList<SearchHit> hits = TopicSearch.Find(words);
        if (session.Json)
        {
            Document(session, "tcplens.search/1"u8, json =>
            {
                json.Text("words"u8, string.Join(' ', words));
                TopicViews.WriteHits(json, hits);
            });
        }
        else if (hits.Count == 0)
        {
            session.Error.Hint($"no page has all of these words: {string.Join(' ', words)}");
        }
        else
        {
            TopicViews.Hits(session, hits);
        }
    }

    private static void ShowList(Session session, TopicKind kind)
    {
        if (session.Json)
        {
            Document(session, "tcplens.topics/1"u8, json => TopicViews.WriteTopics(json, ExplainTopics.Of(kind)));
        }
        else
        {
            TopicViews.List(session, kind);
        }
    }

    private static void ShowOverview(Session session)
    {
        if (session.Json)
        {
            Document(session, "tcplens.topics/1"u8, json => TopicViews.WriteTopics(json, ExplainTopics.All()));
        }
        else
        {
            Show(session, TopicViews.Overview());
        }
    }

    private static void Document(Session session, ReadOnlySpan<byte> schema, Action<JsonDocumentWriter> members)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument(schema, Environment.MachineName, session.Clock.GetUtcNow());
        members(json);
        json.EndDocument();
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
