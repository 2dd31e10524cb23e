using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>One segment into one state, and what FreeBSD's test suite expects of it (tests/conformance/README.md).</summary>
internal sealed record OracleRow(IReadOnlyDictionary<string, string> Fields)
{
    public string this[string name] => Fields[name];

    public static string Folder { get; } = FindFolder();

    public static IReadOnlyList<OracleRow> All { get; } = Read();

    /// <summary>Which settings a row speaks of: one, or both when it does not care.</summary>
    public bool[] ResistsBlindSegments => this["security"] switch
    {
        "rfc5961" => [true],
        "rfc793" => [false],
        _ => [true, false],
    };

    public ControlBits Bits
    {
        get
        {
            ControlBits bits = ControlBits.None;
            foreach (char letter in this["seg_flags"])
            {
                bits |= letter switch
                {
                    'S' => ControlBits.Syn,
                    'F' => ControlBits.Fin,
                    'R' => ControlBits.Rst,
                    '.' => ControlBits.Ack,
                    _ => throw new InvalidDataException(this["seg_flags"]),
                };
            }

            return bits;
        }
    }

    private static List<OracleRow> Read()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, "oracle-segment-arrives.tsv"));
        string[] names = lines[0].Split('\t');
        return [.. lines.Skip(1).Select(line => new OracleRow(names.Zip(line.Split('\t')).ToDictionary(pair => pair.First, pair => pair.Second)))];
    }

    private static string FindFolder()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TcpLens.slnx")))
        {
            folder = Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new InvalidOperationException("no TcpLens.slnx above the tests");
        }

        return Path.Combine(folder, "tests/conformance");
    }
}
