using System.CommandLine;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The filter of a trace: its words, and the options that say the same as words of it.</summary>
internal static class TraceFilter
{
    private static readonly Argument<string[]> Words = new("FILTER") { Arity = ArgumentArity.ZeroOrMore, HelpName = "FILTER", Description = "which sockets, in the language of ss: dport 443 process nginx" };
    private static readonly Option<string?> Pid = new("--pid", "-p") { Description = "the same as the words: pid N", HelpName = "N" };
    private static readonly Option<string?> Process = new("--process") { Description = "the same as the words: process NAME", HelpName = "NAME" };
    private static readonly Option<string?> Container = new("--container") { Description = "the same as the words: container NAME", HelpName = "NAME" };

    public static void AddTo(Command command)
    {
        command.Add(Words);
        Completions.Offer(Words, Completions.FilterWords);
        command.Add(Pid);
        command.Add(Process);
        command.Add(Container);
    }

    public static SocketFilter Of(ParseResult result, Session session)
    {
        string[] words = result.GetValue(Words) ?? [];
        List<string> terms = [];
        Add("pid", result.GetValue(Pid));
        Add("process", result.GetValue(Process));
        Add("container", result.GetValue(Container));
        if (words.Length > 0 && terms.Count > 0)
        {
            words = ["(", .. words, ")"];
        }

        return SocketRequest.Make([.. words, .. terms], FilterNeeds.None, StateSet.All, default, session).Query.Filter;

        void Add(string word, string? value)
        {
            if (value is not null)
            {
                terms.AddRange([word, Quoted(value)]);
            }
        }
    }

    /// <summary>A name may hold whatever the language has a meaning for.</summary>
    private static string Quoted(string name) => $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
