using System.Text;

namespace TcpLens.Lab;

/// <summary>Python's lines: ended by a new line or ";", continued behind "\" and inside brackets, "#" begins a comment.</summary>
internal static class CodeStatements
{
    public static IEnumerable<string> Split(string code)
    {
        var statement = new StringBuilder();
        int depth = 0;
        char quote = '\0';
        for (int i = 0; i < code.Length; i++)
        {
            char c = code[i];
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '\'' or '"')
            {
                quote = c;
            }
            else if (c == '#')
            {
                i = IndexOfLineEnd(code, i) - 1;
                continue;
            }
            else if (c == '\\' && i + 1 < code.Length && code[i + 1] is '\n' or '\r')
            {
                i = IndexOfLineEnd(code, i);
                continue;
            }
            else if (c is ';' or '\n' && depth == 0)
            {
                if (Take(statement) is { Length: > 0 } whole)
                {
                    yield return whole;
                }

                continue;
            }

            depth += c is '(' or '[' ? 1 : c is ')' or ']' ? -1 : 0;
            statement.Append(c);
        }

        if (Take(statement) is { Length: > 0 } last)
        {
            yield return last;
        }
    }

    private static string Take(StringBuilder statement)
    {
        string taken = statement.ToString().Trim();
        statement.Clear();
        return taken;
    }

    private static int IndexOfLineEnd(string code, int start)
    {
        int end = code.IndexOf('\n', start);
        return end < 0 ? code.Length : end;
    }
}
