using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>The words for states and groups of states, as a filter reads and writes them.</summary>
internal static class StateWords
{
    private static readonly string[] Groups = ["all", "connected", "synchronized", "bucket", "big", "estab", "listen"];

    /// <summary>A group, or one state in any spelling; "bound-inactive" is what newer versions of ss call a closed socket with a port.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out StateSet states)
    {
        if (text.Equals("bound-inactive", StringComparison.OrdinalIgnoreCase))
        {
            states = StateSet.Of(TcpState.Closed);
            return true;
        }

        return StateGroups.TryParse(text, out states);
    }

    /// <summary>One state, group of states, or several with commas between; null when the reader holds an error.</summary>
    public static StateSet? Read(TokenReader reader, FilterToken value)
    {
        StateSet states = StateSet.None;
        int start = 0;
        foreach (string word in value.Text.Split(','))
        {
            if (!TryParse(word, out StateSet named))
            {
                return reader.Fail<StateSet?>(value.Part(start, word.Length), $"“{word}” is no state", Nearest(word));
            }

            states |= named;
            start += word.Length + 1;
        }

        return states;
    }

    /// <summary>In the spelling that ss accepts.</summary>
    public static string Print(StateSet states) => string.Join(',', Names(states));

    public static string? Nearest(string text) => Spelling.Nearest(text, [.. Names(StateSet.All), .. Groups]);

    private static List<string> Names(StateSet states)
    {
        List<string> names = [];
        for (TcpState state = TcpState.Established; state <= TcpState.Closing; state++)
        {
            if (states.Contains(state))
            {
                names.Add(state.Name(StateSpelling.SsFilter));
            }
        }

        return names;
    }
}
