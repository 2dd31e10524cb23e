namespace TcpLens.Cli.Explain;

/// <summary>The page of a condition that the doctor knows, as docs/conditions/ID.md has it.</summary>
internal sealed record ConditionPage(string Id, string Markdown)
{
    /// <summary>The first heading; the id where there is none.</summary>
    public string Title { get; } = Heading(Markdown) ?? Id;

    private static string? Heading(string markdown)
        => markdown.Split('\n').FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal)) is { } line ? MarkdownText.Inline(line[2..].Trim()) : null;
}

/// <summary>The pages of docs/conditions, which the build puts into the program.</summary>
internal static class ConditionPages
{
    private const string Prefix = "conditions/";
    private const string Suffix = ".md";

    private static readonly Lazy<ConditionPage[]> Pages = new(static () => [.. Names().Select(Read)]);

    /// <summary>In the order of their ids.</summary>
    public static IReadOnlyList<ConditionPage> All => Pages.Value;

    /// <summary>By id in any case, with '-', '_' or a blank between the words; null when there is no such page.</summary>
    public static ConditionPage? Find(string text)
    {
        string id = text.Trim().ToLowerInvariant().Replace('_', '-').Replace(' ', '-');
        return Names().Contains(Prefix + id + Suffix) ? Read(Prefix + id + Suffix) : null;
    }

    private static IEnumerable<string> Names()
        => typeof(ConditionPages).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static ConditionPage Read(string name)
    {
        using var reader = new StreamReader(typeof(ConditionPages).Assembly.GetManifestResourceStream(name)!);
        return new ConditionPage(name[Prefix.Length..^Suffix.Length], reader.ReadToEnd());
    }
}
