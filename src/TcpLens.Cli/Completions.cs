using System.CommandLine;
using System.CommandLine.Completions;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What a shell may offer as values. Nothing of it is looked up before a shell asks.</summary>
internal static class Completions
{
    private static readonly string[] Terms =
    [
        "state", "exclude", "src", "dst", "addr", "sport", "dport", "port", "family", "dev", "fwmark", "cgroup", "autobound", "process",
        "pid", "user", "container", "netns", "congestion", "timer", "kind", "unaccepted", "orphan", "rtt", "minrtt", "rto", "idle", "age",
        "recvq", "sendq", "retrans", "unacked", "lost", "cwnd", "drops", "and", "or", "not",
    ];

    public static void Offer(Option option, Func<IEnumerable<string>> values) => option.CompletionSources.Add(context => Behind(context, values()));

    public static void Offer(Argument argument, Func<IEnumerable<string>> values) => argument.CompletionSources.Add(context => Behind(context, values()));

    /// <summary>The words a filter is made of, and the states in the spelling of ss.</summary>
    public static IEnumerable<string> FilterWords()
    {
        List<string> words = [.. Terms];
        foreach (TcpState state in LifeOrder.States)
        {
            words.Add(state.Name(StateSpelling.Ss).ToLowerInvariant());
        }

        return words;
    }

    /// <summary>Settings that may be changed, each with the sign that follows it.</summary>
    public static IEnumerable<string> Settings()
        => new SysctlReader().NetworkKeys().Where(Tunable.Includes).Select(static key => key + "=");

    public static IEnumerable<string> Namespaces()
    {
        yield return "all";
        foreach (NetworkNamespace place in new NamespaceFinder().FindAll(deep: false).Found)
        {
            yield return place.DisplayName;
        }
    }

    /// <summary>Of a list with commas, the last one is to be completed and what stands before it stays.</summary>
    private static IEnumerable<CompletionItem> Behind(CompletionContext context, IEnumerable<string> values)
    {
        string word = context.WordToComplete;
        string before = word[..(word.LastIndexOf(',') + 1)];
        return values.Select(value => before + value)
            .Where(value => value.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(static value => new CompletionItem(value));
    }
}
