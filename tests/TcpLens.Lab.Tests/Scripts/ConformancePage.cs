using System.Globalization;
using System.Text;

namespace TcpLens.Lab.Tests;

/// <summary>The half of docs/conformance.md that is made of results.</summary>
internal static class ConformancePage
{
    public const string Mark = "<!-- below: written by CorpusTests with TCPLENS_WRITE_DOCS=1 -->\n";

    public static string Results()
    {
        var page = new StringBuilder("\n## Results\n\n| suite | class | scripts | passed | failed | not supported |\n|---|---|---:|---:|---:|---:|\n");
        foreach (var group in Corpus.Outcomes.GroupBy(one => (one.Script.Suite, one.Script.Class)).OrderBy(group => group.Key))
        {
            Row(page, group.Key.Suite, group.Key.Class.ToString(), [.. group.Select(one => one.Outcome)]);
        }

        ScriptOutcome[] plain = [.. Corpus.Outcomes.Where(one => one.Script.Class is 'A' or 'B').Select(one => one.Outcome)];
        Row(page, "all", "A, B", plain);
        Row(page, "all", "C", [.. Corpus.Outcomes.Where(one => one.Script.Class == 'C').Select(one => one.Outcome)]);

        page.Append("\n## Scripts that fail\n\n| script | line | why |\n|---|---:|---|\n");
        foreach ((CorpusScript script, ScriptOutcome outcome) in Corpus.Outcomes.Where(one => one.Script.Class != 'X' && one.Outcome.Verdict == ScriptVerdict.Failed))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {script.Name} | {outcome.Line} | {Corpus.Reasons.GetValueOrDefault(script.Name, "?")} |\n");
        }

        page.Append("\n## Scripts that use what is not there\n\n| what | classes A to D | class X |\n|---|---:|---:|\n");
        foreach (var group in Corpus.Outcomes.Where(one => one.Outcome.Verdict == ScriptVerdict.NotSupported)
            .GroupBy(one => one.Outcome.Feature).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            int inReach = group.Count(one => one.Script.Class != 'X');
            page.Append(CultureInfo.InvariantCulture, $"| {group.Key.Replace("|", "\\|")} | {inReach} | {group.Count() - inReach} |\n");
        }

        return page.ToString();
    }

    private static void Row(StringBuilder page, string suite, string name, ScriptOutcome[] outcomes)
        => page.Append(CultureInfo.InvariantCulture, $"| {suite} | {name} | {outcomes.Length} | {Count(outcomes, ScriptVerdict.Passed)} | ")
            .Append(CultureInfo.InvariantCulture, $"{Count(outcomes, ScriptVerdict.Failed)} | {Count(outcomes, ScriptVerdict.NotSupported)} |\n");

    private static int Count(ScriptOutcome[] outcomes, ScriptVerdict verdict) => outcomes.Count(outcome => outcome.Verdict == verdict);
}
