using TcpLens.Testing;

namespace TcpLens.Capture.Tests;

/// <summary>The real captures beside the project, and what other tools say of them (shared/data/captures/README.md).</summary>
internal static class CaptureCorpus
{
    public static string Root { get; } = SharedData.Captures;

    public static string Seeds => System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, "..", "fuzz-seeds"));

    public static IEnumerable<string> Names => Rows("manifest.tsv").Select(row => row["capture"]);

    public static string Path(string capture) => System.IO.Path.Combine(Root, "captures", capture);

    /// <summary>A table of expected results, row by row, by column names.</summary>
    public static IEnumerable<Dictionary<string, string>> Rows(string table)
    {
        string[]? columns = null;
        foreach (string line in File.ReadLines(System.IO.Path.Combine(Root, table)))
        {
            string[] fields = line.Split('\t');
            if (columns is null)
            {
                columns = fields;
                continue;
            }

            yield return columns.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }
}
