using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>"; did you mean remote-port?", or nothing.</summary>
internal static class Suggestion
{
    public static string For(string word, ReadOnlySpan<string> candidates)
        => Spelling.Nearest(word, candidates) is { } near ? $"; did you mean {near}?" : "";
}
