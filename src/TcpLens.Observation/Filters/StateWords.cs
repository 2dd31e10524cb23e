using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>The words for states and groups of states; the only place in the filters that knows them.</summary>
internal static class StateWords
{
    /// <summary>Printed in ss's spelling; read in any.</summary>
    private static readonly (string Word, StateSet States)[] Words =
    [
        ("established", StateSet.Of(TcpState.Established)),
        ("syn-sent", StateSet.Of(TcpState.SynSent)),
        ("syn-recv", StateSet.Of(TcpState.SynReceived)),
        ("fin-wait-1", StateSet.Of(TcpState.FinWait1)),
        ("fin-wait-2", StateSet.Of(TcpState.FinWait2)),
        ("time-wait", StateSet.Of(TcpState.TimeWait)),
        ("closed", StateSet.Of(TcpState.Closed)),
        ("close-wait", StateSet.Of(TcpState.CloseWait)),
        ("last-ack", StateSet.Of(TcpState.LastAck)),
        ("listening", StateSet.Of(TcpState.Listen)),
        ("closing", StateSet.Of(TcpState.Closing)),
        ("estab", StateSet.Of(TcpState.Established)),
        ("syn-rcv", StateSet.Of(TcpState.SynReceived)),
        ("syn-rcvd", StateSet.Of(TcpState.SynReceived)),
        ("syn-received", StateSet.Of(TcpState.SynReceived)),
        ("new-syn-recv", StateSet.Of(TcpState.SynReceived)),
        ("close", StateSet.Of(TcpState.Closed)),
        ("unconn", StateSet.Of(TcpState.Closed)),
        ("unconnected", StateSet.Of(TcpState.Closed)),
        ("bound-inactive", StateSet.Of(TcpState.Closed)),
        ("listen", StateSet.Of(TcpState.Listen)),
        ("all", StateSet.All),
        ("connected", ~StateSet.Of(TcpState.Listen, TcpState.Closed)),
        ("synchronized", ~StateSet.Of(TcpState.Listen, TcpState.Closed, TcpState.SynSent)),
        ("bucket", StateSet.Of(TcpState.SynReceived, TcpState.TimeWait)),
        ("big", ~StateSet.Of(TcpState.SynReceived, TcpState.TimeWait)),
    ];

    public static bool TryParse(ReadOnlySpan<char> text, out StateSet states)
    {
        text = text.StartsWith("tcp_", StringComparison.OrdinalIgnoreCase) || text.StartsWith("tcp-", StringComparison.OrdinalIgnoreCase) ? text[4..] : text;
        foreach ((string word, StateSet set) in Words)
        {
            if (AreSame(text, word))
            {
                states = set;
                return true;
            }
        }

        states = StateSet.None;
        return false;
    }

    public static string Print(StateSet states)
    {
        var words = new List<string>();
        for (int i = 0; i < 11; i++)
        {
            if ((Words[i].States & states) != StateSet.None)
            {
                words.Add(Words[i].Word);
            }
        }

        return string.Join(',', words);
    }

    public static string? Nearest(string text) => Spelling.Nearest(text, Array.ConvertAll(Words, word => word.Word));

    /// <summary>Letter case, hyphens and underscores make no difference.</summary>
    private static bool AreSame(ReadOnlySpan<char> text, string word)
    {
        int i = 0;
        foreach (char c in text)
        {
            if (c is '-' or '_')
            {
                continue;
            }

            i += i < word.Length && word[i] == '-' ? 1 : 0;
            if (i == word.Length || char.ToLowerInvariant(c) != word[i++])
            {
                return false;
            }
        }

        return i == word.Length;
    }
}
