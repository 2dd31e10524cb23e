using System.Text;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>--from and --to: states in any spelling, with commas; and --from also a file, whose name is no state's.</summary>
internal static class TraceStates
{
    /// <exception cref="UsageException">One of them is no state.</exception>
    public static StateSet Of(string option, IReadOnlyList<string> values)
    {
        StateSet states = StateSet.None;
        foreach (string name in values.SelectMany(static value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            states |= StateGroups.TryParse(name, out StateSet named) ? named : throw new UsageException($"{option} {name}: there is no such state{Suggestion.For(name, Names())}");
        }

        return states == StateSet.None ? StateSet.All : states;
    }

    /// <summary>True for a file's name, unless every word of it is a state.</summary>
    public static bool IsFile(string value)
        => value == TraceFileWriter.Standard
            || (!Array.TrueForAll(value.Split(',', StringSplitOptions.TrimEntries), static name => StateGroups.TryParse(name, out _)) && File.Exists(value));

    /// <summary>As ss writes it; but what ss calls "UNCONN" of a socket is, as the end of a connection, CLOSED. "-" for none.</summary>
    public static ReadOnlySpan<byte> NameOf(TcpState state) => state switch
    {
        default(TcpState) => "-"u8,
        TcpState.Closed => TcpStateNames.Utf8Name(state, StateSpelling.Rfc),
        _ => TcpStateNames.Utf8Name(state, StateSpelling.Ss),
    };

    /// <summary>For completion and suggestions.</summary>
    public static string[] Names()
    {
        List<string> names = [];
        foreach (TcpState state in LifeOrder.States)
        {
            names.Add(Encoding.ASCII.GetString(NameOf(state)).ToLowerInvariant());
        }

        return [.. names];
    }
}
