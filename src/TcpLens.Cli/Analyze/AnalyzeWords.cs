namespace TcpLens.Cli;

/// <summary>The words behind analyze: files first, and then a filter in tcpdump's language, quoted or not.</summary>
internal sealed record AnalyzeWords(IReadOnlyList<string> Files, string? Filter)
{
    public const string StandardInput = "-";

    private static readonly string[] Endings = [".pcap", ".pcapng", ".cap", ".dmp", ".pcap.gz", ".pcapng.gz", ".pcap.zst", ".pcapng.zst"];

    /// <exception cref="UsageException">The first word is no file, or a later one looks like one and is none.</exception>
    public static AnalyzeWords Of(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            throw new UsageException("name a capture: tcplens analyze FILE\ntry: tcplens analyze --help");
        }

        string[] files = [.. words.TakeWhile(IsFile)];
        string[] rest = [.. words.Skip(files.Length)];
        if (files.Length == 0)
        {
            throw new UsageException(Directory.Exists(words[0])
                ? $"{words[0]} is a folder; name the captures in it: {words[0].TrimEnd('/')}/*.pcap"
                : $"there is no file {words[0]}; analyze takes captures first, and then a filter");
        }

        if (Array.Find(rest, LooksLikeFile) is { } missing)
        {
            throw new UsageException($"there is no file {missing}");
        }

        return new(files, rest.Length == 0 ? null : string.Join(' ', rest));
    }

    public static bool IsFile(string word) => word == StandardInput || File.Exists(word);

    private static bool LooksLikeFile(string word)
        => !word.Contains(' ', StringComparison.Ordinal) && Array.Exists(Endings, ending => word.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
