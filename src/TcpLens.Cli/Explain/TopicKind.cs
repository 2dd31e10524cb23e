namespace TcpLens.Cli.Explain;

/// <summary>What can be explained, in the order in which it is listed.</summary>
internal enum TopicKind
{
    State,
    Flags,
    Condition,
    Errno,
    Sysctl,
    Counter,
    Drop,
    Reset,
}

internal static class TopicKinds
{
    public static readonly TopicKind[] All = [TopicKind.State, TopicKind.Flags, TopicKind.Condition, TopicKind.Errno, TopicKind.Sysctl, TopicKind.Counter, TopicKind.Drop, TopicKind.Reset];

    /// <summary>"errno"; what stands in JSON, and before a topic to say which kind is meant.</summary>
    public static string Word(this TopicKind kind) => kind switch
    {
        TopicKind.State => "state",
        TopicKind.Flags => "flags",
        TopicKind.Condition => "condition",
        TopicKind.Errno => "errno",
        TopicKind.Sysctl => "sysctl",
        TopicKind.Counter => "counter",
        TopicKind.Drop => "drop",
        TopicKind.Reset => "reset",
    };

    /// <summary>"errnos"; what --list takes.</summary>
    public static string Plural(this TopicKind kind) => kind == TopicKind.Flags ? "flags" : kind.Word() + "s";

    /// <summary>By the word or its plural, in any case; null when it is neither.</summary>
    public static TopicKind? Parse(string text)
    {
        foreach (TopicKind kind in All)
        {
            if (text.Equals(kind.Word(), StringComparison.OrdinalIgnoreCase) || text.Equals(kind.Plural(), StringComparison.OrdinalIgnoreCase))
            {
                return kind;
            }
        }

        return null;
    }
}
