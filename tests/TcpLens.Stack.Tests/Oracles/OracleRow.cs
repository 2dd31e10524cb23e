using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>One segment into one state, and what FreeBSD's test suite expects of it (shared/data/conformance, beside the project).</summary>
internal sealed record OracleRow(IReadOnlyDictionary<string, string> Fields)
{
    public string this[string name] => Fields[name];

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
        string[] lines = File.ReadAllLines(Path.Combine(SharedData.Conformance, "oracle-segment-arrives.tsv"));
        string[] names = lines[0].Split('\t');
        return [.. lines.Skip(1).Select(line => new OracleRow(names.Zip(line.Split('\t')).ToDictionary(pair => pair.First, pair => pair.Second)))];
    }
}
