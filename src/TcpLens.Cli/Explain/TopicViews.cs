using TcpLens.Cli.Rendering;

namespace TcpLens.Cli.Explain;

/// <summary>Lists of topics: everything, one kind, or what a search has found.</summary>
internal static class TopicViews
{
    private const int NamedErrnos = 8;

    /// <summary>What can be explained, with the names of what is few.</summary>
    public static Explanation Overview() => new("What can be explained", [.. TopicKinds.All.Select(Section)]);

    /// <summary>A line for each: its name and what it is.</summary>
    public static void List(Session session, TopicKind kind)
    {
        ExplainTopic[] topics = [.. ExplainTopics.Of(kind)];
        int width = topics.Length == 0 ? 0 : topics.Max(topic => topic.Name.Length);
        foreach (ExplainTopic topic in topics)
        {
            Line(session, topic.Name.PadRight(width + 2), topic.Brief);
        }
    }

    public static void Hits(Session session, IReadOnlyList<SearchHit> hits)
    {
        foreach (SearchHit hit in hits)
        {
            session.Style.Write(session.Output, Ink.Bold, System.Text.Encoding.UTF8.GetBytes(hit.Topic.Name));
            session.Style.Write(session.Output, Ink.Dim, System.Text.Encoding.UTF8.GetBytes("  " + hit.Topic.Kind.Word()));
            session.Output.WriteLine();
            Line(session, "  ", hit.Context);
        }
    }

    /// <summary>Schema "tcplens.topics/1".</summary>
    public static void WriteTopics(JsonDocumentWriter json, IEnumerable<ExplainTopic> topics)
    {
        json.BeginArray("topics"u8);
        foreach (ExplainTopic topic in topics)
        {
            json.BeginObject();
            WriteTopic(json, topic);
            json.EndObject();
        }

        json.EndArray();
    }

    /// <summary>Schema "tcplens.search/1".</summary>
    public static void WriteHits(JsonDocumentWriter json, IReadOnlyList<SearchHit> hits)
    {
        json.BeginArray("hits"u8);
        foreach (SearchHit hit in hits)
        {
            json.BeginObject();
            WriteTopic(json, hit.Topic);
            json.Text("context"u8, hit.Context);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteTopic(JsonDocumentWriter json, ExplainTopic topic)
    {
        json.Text("kind"u8, topic.Kind.Word());
        json.Text("name"u8, topic.Name);
        json.Text("brief"u8, topic.Brief);
    }

    private static ExplainSection Section(TopicKind kind)
    {
        string[] names = [.. ExplainTopics.Of(kind).Select(topic => topic.Name)];
        string title = $"{Explanation.Sentence(kind.Plural())} ({names.Length})";
        string command = $"{Explanation.Command}tcplens explain --list {kind.Plural()}";
        return kind switch
        {
            TopicKind.Errno => new(title, [$"by number or symbol: 110, {string.Join(", ", names.Where(IsCommon).Take(NamedErrnos))} ...", command]),
            TopicKind.Sysctl => new(title, ["by name: tcp_tw_reuse, net.ipv4.tcp_rmem, /proc/sys/net/core/somaxconn ...", command]),
            TopicKind.Counter => new(title, ["by name: ListenOverflows, Tcp.RetransSegs, sockstat.TCP.orphan ...", command]),
            TopicKind.Drop => new(title, ["why the kernel throws segments away: TCP_LISTEN_OVERFLOW, NETFILTER_DROP, TCP_OLD_DATA ...", command]),
            TopicKind.Reset => new(title, ["why it sends RSTs: TCP_ABORT_ON_CLOSE, NO_SOCKET, TCP_KEEPALIVE_TIMEOUT ...", command]),
            _ => new(title, [names.Length == 0 ? "none in this build" : string.Join(", ", names)]),
        };
    }

    private static bool IsCommon(string errno) => errno is "EADDRINUSE" or "EADDRNOTAVAIL" or "ECONNREFUSED" or "ECONNRESET" or "EHOSTUNREACH" or "EMFILE" or "EPIPE" or "ETIMEDOUT";

    /// <summary>Cut to the terminal; whole in a pipe.</summary>
    private static void Line(Session session, string start, string text)
    {
        byte[] octets = System.Text.Encoding.UTF8.GetBytes(start + text);
        session.Output.WriteLine(session.Style.Columns is { } columns ? CellWidth.Cut(octets, columns, out _) : octets);
    }
}
