namespace TcpLens.Lab;

/// <summary>#ifdef, #ifndef, #else and #endif: lines that do not count become empty, so that the others keep their numbers.</summary>
internal static class ScriptPreprocessor
{
    private const int MaxDepth = 64;

    public static string Run(string text, string file, IReadOnlySet<string> symbols)
    {
        if (!text.Contains("#if", StringComparison.Ordinal))
        {
            return text;
        }

        string[] lines = text.Split('\n');
        var active = new Stack<bool>();
        for (int i = 0; i < lines.Length; i++)
        {
            bool isDirective = Directive(lines[i], i + 1, file, symbols, active);
            if (isDirective || active.Contains(false))
            {
                lines[i] = "";
            }
        }

        return active.Count == 0 ? string.Join('\n', lines) : throw new ScriptSyntaxException(file, lines.Length, 1, "expected #endif before the end");
    }

    private static bool Directive(string line, int number, string file, IReadOnlySet<string> symbols, Stack<bool> active)
    {
        string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["#ifdef", var symbol, ..]:
                active.Push(symbols.Contains(symbol));
                break;
            case ["#ifndef", var symbol, ..]:
                active.Push(!symbols.Contains(symbol));
                break;
            case ["#else", ..] when active.Count > 0:
                active.Push(!active.Pop());
                break;
            case ["#endif", ..] when active.Count > 0:
                active.Pop();
                break;
            case ["#else" or "#endif", ..]:
                throw new ScriptSyntaxException(file, number, 1, $"{words[0]} without #ifdef");
            default:
                return false;
        }

        return active.Count <= MaxDepth ? true : throw new ScriptSyntaxException(file, number, 1, $"more than {MaxDepth} nested #ifdef");
    }
}
