using System.Text;

namespace TcpLens.Lab;

/// <summary>Splits a shell's text into commands, each a pipeline of programs with their words. Redirections are left out.</summary>
internal static class ShellWords
{
    public static IEnumerable<IReadOnlyList<IReadOnlyList<string>>> Commands(string script)
    {
        var pipeline = new List<IReadOnlyList<string>>();
        var words = new List<string>();
        foreach (string token in Tokens(script))
        {
            bool endsCommand = token is "\n" or ";" or "&" or "|";
            if (!endsCommand)
            {
                words.Add(token);
                continue;
            }

            if (words.Count > 0)
            {
                pipeline.Add(words);
                words = [];
            }

            if (token != "|" && pipeline.Count > 0)
            {
                yield return pipeline;
                pipeline = [];
            }
        }
    }

    /// <summary>Words, and the signs between commands as tokens of their own; a new line at the end.</summary>
    private static IEnumerable<string> Tokens(string script)
    {
        var word = new StringBuilder();
        char quote = '\0';
        bool isWord = false;
        foreach (char c in script.Replace("\\\n", " ", StringComparison.Ordinal) + "\n")
        {
            if (quote != '\0' ? c == quote : c is '\'' or '"')
            {
                quote = quote == '\0' ? c : '\0';
                isWord = true;
            }
            else if (quote != '\0' || !(char.IsWhiteSpace(c) || c is ';' or '|' or '&'))
            {
                word.Append(c);
                isWord = true;
            }
            else
            {
                if (isWord && !IsRedirection(word))
                {
                    yield return word.ToString();
                }

                word.Clear();
                isWord = false;
                if (c is '\n' or ';' or '|' or '&')
                {
                    yield return c.ToString();
                }
            }
        }
    }

    private static bool IsRedirection(StringBuilder word)
        => word.Length > 0 && (word[0] == '>' || (word.Length > 1 && word[0] is '1' or '2' && word[1] == '>'));
}
