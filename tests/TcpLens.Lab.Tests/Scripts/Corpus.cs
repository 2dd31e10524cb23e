using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>A script of the corpus beside the project.</summary>
/// <param name="Suite">Whose: fbsd, google, gvisor, linux, nplab.</param>
/// <param name="Class">A: calls alone; B: with configuration; C: with TCP_INFO; D: with more calls; X: with what this stack does not have.</param>
/// <param name="Path">Below the suite's folder.</param>
public sealed record CorpusScript(string Suite, char Class, string Path)
{
    public string Name => $"{Suite}/{Path}";
}

/// <summary>The corpus, run once for all tests.</summary>
internal static class Corpus
{
    private static readonly Lazy<IReadOnlyList<(CorpusScript Script, ScriptOutcome Outcome)>> Run = new(RunAll);

    public static IReadOnlyList<CorpusScript> Scripts { get; } =
    [
        .. File.ReadLines(Path.Combine(SharedData.Conformance, "manifest.tsv")).Skip(1).Select(line => line.Split('\t'))
            .Select(fields => new CorpusScript(fields[0], fields[2][0], fields[3])),
    ];

    public static IReadOnlyList<(CorpusScript Script, ScriptOutcome Outcome)> Outcomes => Run.Value;

    /// <summary>Why a script fails that is to fail.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; }
        = File.ReadLines(Path.Combine(SharedData.Repository, "tests/TcpLens.Lab.Tests/Scripts/failures.tsv")).Select(line => line.Split('\t')).ToDictionary(fields => fields[0], fields => fields[1]);

    public static string Text(CorpusScript script) => File.ReadAllText(Path.Combine(SharedData.Conformance, "scripts", script.Name));

    private static List<(CorpusScript, ScriptOutcome)> RunAll()
        => [.. Scripts.Select(script => (script, ScriptRunner.Run(Text(script), script.Name, new())))];
}
