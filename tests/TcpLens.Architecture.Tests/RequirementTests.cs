using System.Text;

namespace TcpLens.Architecture.Tests;

/// <summary>
/// Every requirement that docs/rfc-9293.tsv lists has code that meets it and a test that holds it, or a reason for having none, and
/// docs/rfc-9293.md shows that. With TCPLENS_WRITE_DOCS=1 in the environment its table is written anew instead.
/// </summary>
public sealed class RequirementTests
{
    private const string Begin = "<!-- the tables are made by RequirementTests -->\n";
    private const string End = "<!-- end of the tables -->\n";
    private const string Page = "docs/rfc-9293.md";

    private static readonly IReadOnlyList<Requirement> Requirements = Requirement.ReadAll();
    private static readonly IReadOnlyList<RequirementTest> Tests = RequirementTest.ReadAll();

    [Fact]
    public void All_numbered_requirements_of_RFC_9293_are_listed_and_none_twice()
    {
        string[] ids = [.. Requirements.Select(static requirement => requirement.Id)];
        Assert.Equal(ids.Distinct(), ids);
        (string Kind, int Count)[] numbered = [("MUST", 69), ("SHLD", 31), ("MAY", 18), ("REC", 1)];
        Assert.All(numbered, kind => Assert.Equal([], Enumerable.Range(1, kind.Count).Select(number => $"{kind.Kind}-{number}").Except(ids)));
        Assert.Equal(119, Requirements.Count(static requirement => requirement.Section.StartsWith("9293 ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_requirement_has_code_and_a_test_or_a_reason()
    {
        ILookup<string, RequirementTest> tests = Tests.SelectMany(static test => test.Ids, static (test, id) => (test, id))
            .ToLookup(static pair => pair.id, static pair => pair.test);
        AssertNone(Requirements.Where(static requirement => requirement.Code.Count == 0).Where(static requirement
            => !requirement.Note.StartsWith("Not applicable: ", StringComparison.Ordinal) && !requirement.Note.StartsWith("Not done: ", StringComparison.Ordinal))
            .Select(static requirement => requirement.Id + ": no code and no reason"));
        AssertNone(Requirements.Where(requirement => (requirement.Code.Count > 0) != tests[requirement.Id].Any())
            .Select(static requirement => requirement.Id + (requirement.Code.Count > 0 ? ": no test" : ": a test, but no code")));
    }

    [Fact]
    public void Code_that_meets_a_requirement_is_there()
        => AssertNone(Requirements.SelectMany(static requirement => requirement.Code).Where(static symbol => SourceSymbols.Find(symbol) is null));

    [Fact]
    public void Tests_name_requirements_that_are_listed()
    {
        Assert.True(Tests.Count > 100, $"only {Tests.Count} tests were found in the sources: has the way they are written changed?");
        HashSet<string> known = [.. Requirements.Select(static requirement => requirement.Id)];
        AssertNone(Tests.SelectMany(static test => test.Ids, static (test, id) => (test, id)).Where(pair => !known.Contains(pair.id))
            .Select(static pair => $"{pair.test.Name}: {pair.id}"));
    }

    [Fact]
    public void The_page_shows_all_that()
    {
        string path = Path.Combine(Repository.Root, Page);
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, end = text.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("TCPLENS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, text[..begin] + Tables() + text[end..]);
            return;
        }

        Assert.Equal(Tables(), text[begin..end]);
    }

    /// <summary>One a line, and all of them.</summary>
    private static void AssertNone(IEnumerable<string> faults)
    {
        string all = string.Join('\n', faults);
        Assert.True(all.Length == 0, all);
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        foreach (IGrouping<string, Requirement> source in Requirements.GroupBy(static requirement => requirement.Source))
        {
            text.Append(source.All(static requirement => char.IsDigit(requirement.Section[0])) ? $"\n### RFC {source.Key}\n\n" : $"\n### {source.Key}\n\n");
            text.Append("| | Section | What is asked for | What meets it | What holds it |\n|---|---|---|---|---|\n");
            foreach (Requirement requirement in source)
            {
                text.Append(Row(requirement));
            }
        }

        return text.Append('\n').ToString();
    }

    private static string Row(Requirement requirement)
    {
        string level = requirement.Id.StartsWith(requirement.Level.Split(' ')[0], StringComparison.Ordinal) ? "" : $" ({requirement.Level})";
        string section = requirement.Section.Replace(requirement.Source + " ", "", StringComparison.Ordinal);
        string note = requirement.Note.Length == 0 ? "" : requirement.Code.Count == 0 ? $" *{requirement.Note}*" : $". {requirement.Note}";
        string code = string.Join("<br>", requirement.Code.Select(static symbol => $"[{symbol}](../{SourceSymbols.Find(symbol)})"));
        string tests = string.Join("<br>", Tests.Where(test => test.Ids.Contains(requirement.Id)).Select(static test
            => $"[{test.Name.Replace('_', ' ')}](../{test.Path})" + (test.IsOfKernel ? " (kernel too)" : "")));
        return $"| {requirement.Id}{level} | {section} | {requirement.Meaning}{note} | {code} | {tests} |\n";
    }
}
