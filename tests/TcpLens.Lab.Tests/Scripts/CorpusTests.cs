using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>The scripts of others against our stack. docs/conformance.md shows what comes of it and is held to it.</summary>
public sealed class CorpusTests
{
    [Theory]
    [InlineData("fbsd", 96)]
    [InlineData("google", 78)]
    [InlineData("gvisor", 83)]
    [InlineData("linux", 73)]
    [InlineData("nplab", 87)]
    public void Scripts_with_plain_calls_and_configuration_pass(string suite, int percent)
        => Assert.InRange(Passed(script => script.Suite == suite && script.Class is 'A' or 'B' && script.Suite == suite), percent, 100);

    [Fact]
    public void Of_all_scripts_with_plain_calls_and_configuration_nine_of_ten_pass()
        => Assert.InRange(Passed(script => script.Class is 'A' or 'B'), 90, 100);

    [Fact]
    public void Of_all_scripts_that_look_at_TCP_INFO_two_thirds_pass()
        => Assert.InRange(Passed(script => script.Class == 'C'), 66, 100);

    [Fact]
    public void A_script_that_fails_has_its_reason()
    {
        string[] unexplained =
        [
            .. Corpus.Outcomes.Where(one => one.Script.Class != 'X' && one.Outcome.Verdict == ScriptVerdict.Failed && !Corpus.Reasons.ContainsKey(one.Script.Name))
                .Select(one => $"{one.Script.Name}:{one.Outcome.Line}: expected {one.Outcome.Expected}, got {one.Outcome.Got}"),
        ];
        Assert.Empty(unexplained);
    }

    [Fact]
    public void A_reason_is_of_a_script_that_fails()
    {
        HashSet<string> failing = [.. Corpus.Outcomes.Where(one => one.Outcome.Verdict == ScriptVerdict.Failed).Select(one => one.Script.Name)];
        Assert.Empty(Corpus.Reasons.Keys.Except(failing));
    }

    [Fact]
    public void Every_script_that_needs_nothing_special_can_be_read()
        => Assert.Empty(Corpus.Outcomes.Where(one => one.Script.Class != 'X' && one.Outcome.Expected == "a script").Select(one => one.Outcome.Got));

    [Fact]
    public void A_run_is_repeated_to_the_letter()
    {
        CorpusScript script = Corpus.Scripts.First(one => one.Path.Contains("established", StringComparison.Ordinal));
        ScriptOutcome first = ScriptRunner.Run(Corpus.Text(script), script.Name, new() { KeepTrace = true });
        ScriptOutcome second = ScriptRunner.Run(Corpus.Text(script), script.Name, new() { KeepTrace = true });
        Assert.NotEmpty(first.Trace);
        Assert.Equal(first.Trace, second.Trace);
    }

    [Fact]
    public void The_page_shows_what_comes_of_the_corpus()
    {
        string path = Path.Combine(SharedData.Repository, "docs/conformance.md");
        string[] halves = File.ReadAllText(path).Split(ConformancePage.Mark);
        Assert.Equal(2, halves.Length);
        string results = ConformancePage.Results();
        if (Environment.GetEnvironmentVariable("TCPLENS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, halves[0] + ConformancePage.Mark + results);
            return;
        }

        Assert.Equal(results, halves[1]);
    }

    private static double Passed(Func<CorpusScript, bool> belongs)
    {
        ScriptOutcome[] outcomes = [.. Corpus.Outcomes.Where(one => belongs(one.Script)).Select(one => one.Outcome)];
        return 100.0 * outcomes.Count(outcome => outcome.Verdict == ScriptVerdict.Passed) / outcomes.Length;
    }
}
