using System.Text.RegularExpressions;

namespace TcpLens.Architecture.Tests;

/// <summary>A row of docs/rfc-9293.tsv: what an RFC asks for, what meets it (Type.Member), and what differs or why nothing does.</summary>
internal sealed record Requirement(string Id, string Level, string Section, string Meaning, IReadOnlyList<string> Code, string Note)
{
    private const string Header = "id\tlevel\tsection\tmeaning\tcode\tnote";

    /// <summary>"9293", "Linux".</summary>
    public string Source => Section.Split(' ')[0];

    public static IReadOnlyList<Requirement> ReadAll()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs/rfc-9293.tsv"));
        Assert.Equal(Header, lines[0]);
        return [.. lines.Skip(1).Select(Read)];
    }

    private static Requirement Read(string line)
    {
        string[] cells = line.Split('\t');
        Assert.True(cells.Length == 6, line);
        return new(cells[0], cells[1], cells[2], cells[3], cells[4].Split(' ', StringSplitOptions.RemoveEmptyEntries), cells[5]);
    }
}

/// <summary>A test that holds requirements, as its source says.</summary>
internal sealed partial record RequirementTest(string Path, string Name, IReadOnlyList<string> Ids)
{
    /// <summary>Of the kernel as well as of the stack.</summary>
    public bool IsOfKernel => Path.Contains("/Kernel/", StringComparison.Ordinal);

    public static IReadOnlyList<RequirementTest> ReadAll()
        => [.. Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(Read)];

    private static IEnumerable<RequirementTest> Read(string path)
    {
        string text = File.ReadAllText(path);
        string name = System.IO.Path.GetRelativePath(Repository.Root, path);
        return Tagged().Matches(text).Select(match =>
            new RequirementTest(name, match.Groups["name"].Value, [.. Id().Matches(match.Groups["ids"].Value).Select(static id => id.Groups["id"].Value)]));
    }

    /// <summary>The attribute, others behind it, and the method.</summary>
    [GeneratedRegex(@"\[Requirement\((?<ids>[^)]*)\)\]\s+(\[[^\n]*\]\s+)*public (async )?(void|Task) (?<name>\w+)\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tagged();

    [GeneratedRegex("\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();
}

/// <summary>Where a Type.Member of the sources is.</summary>
internal static partial class SourceSymbols
{
    /// <summary>Types, and the paths and texts (without comments) of the files that declare them.</summary>
    private static readonly ILookup<string, (string Path, string Text)> Types = Repository.Projects.SelectMany(Repository.Sources)
        .Select(static path => (path, Text: string.Join('\n', File.ReadLines(path).Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))))
        .SelectMany(static file => Declaration().Matches(file.Text), static (file, match) => (Type: match.Groups["type"].Value, File: file))
        .ToLookup(static pair => pair.Type, static pair => pair.File);

    /// <summary>The file, from the root; null when there is no such type, or no such member in its file.</summary>
    public static string? Find(string symbol)
    {
        string[] parts = symbol.Split('.');
        string? path = Types[parts[0]].OrderByDescending(file => Path.GetFileName(file.Path) == parts[0] + ".cs")
            .FirstOrDefault(file => parts.Length == 1 || Regex.IsMatch(file.Text, $@"\b{parts[1]}\b", RegexOptions.None, TimeSpan.FromSeconds(1))).Path;
        return path is null ? null : Path.GetRelativePath(Repository.Root, path);
    }

    [GeneratedRegex(@"\b(record struct|class|struct|record|enum|interface) (?<type>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Declaration();
}
