using System.Text.RegularExpressions;

namespace TcpLens.Architecture.Tests;

/// <summary>What the pages promise is there: files behind links, and every schema and key of the JSON output.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Pages =>
    [
        .. new[] { "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "bench/README.md" }
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Repository.Root, path)).Order()),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_to_a_file_finds_it(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        foreach (Match link in Link().Matches(Read(page)))
        {
            string target = link.Groups["target"].Value.Split('#')[0];
            if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            {
                string path = Path.Combine(folder, target);
                Assert.True(File.Exists(path) || Directory.Exists(path), $"{page} links to {target}, which is not there");
            }
        }
    }

    [Fact]
    public void Every_JSON_schema_has_its_section_and_every_section_its_schema()
    {
        string[] written = [.. CliSources().SelectMany(source => Schema().Matches(source)).Select(match => match.Value).Distinct().Order()];
        string[] documented = [.. SchemaHeading().Matches(Read("docs/json.md")).Select(match => match.Groups["schema"].Value).Order()];

        Assert.NotEmpty(written);
        Assert.Equal(written, documented);
    }

    [Fact]
    public void Every_JSON_key_is_documented()
    {
        HashSet<string> documented = [.. Quoted().Matches(Read("docs/json.md")).Select(match => match.Groups["word"].Value)];
        string[] keys = [.. CliSources().SelectMany(source => Key().Matches(source)).Select(match => match.Groups["key"].Value).Distinct()];

        Assert.True(keys.Length > 100, $"only {keys.Length} keys were found in the sources: has the way they are written changed?");
        Assert.Equal([], keys.Except(documented));
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, page));

    private static IEnumerable<string> CliSources() => Repository.Sources("TcpLens.Cli").Select(File.ReadAllText);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"tcplens\.[a-z.-]+/\d+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Schema();

    [GeneratedRegex(@"^## (?<schema>tcplens\.\S+)$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchemaHeading();

    /// <summary>`a`, and the last part of `groups[].a`.</summary>
    [GeneratedRegex(@"`(\w+\[\]\.)?(?<word>[a-z0-9_]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();

    /// <summary>json.Number("key"u8, …), json.WriteString("key", …), WriteOrNull(json, "key", …), and the rows of tcp_info.</summary>
    [GeneratedRegex("""(json\.\w+\(|json, |new\("[a-z-]+", )"(?<key>[a-z0-9_]+)"(u8)?[,)]""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();
}
