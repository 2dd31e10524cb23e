namespace TcpLens.Lab;

/// <summary>
/// Reads packetdrill's script language: options, then statements, each with a time: a segment or ICMP message in ("&lt;") or out ("&gt;"), a call, a
/// shell command, assertions.
/// </summary>
public static class ScriptParser
{
    private const int MaxStatements = 100_000;

    /// <param name="text">The script.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="symbols">For which #ifdef holds.</param>
    /// <exception cref="ScriptSyntaxException">It cannot be read; says where and what was expected.</exception>
    public static Script Parse(string text, string file, IReadOnlySet<string> symbols)
    {
        var cursor = new ScriptCursor(ScriptPreprocessor.Run(text, file, symbols), file);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var statements = new List<ScriptStatement>();
        while (!cursor.IsAtEnd)
        {
            if (cursor.TryTake("--"))
            {
                TakeOption(cursor, options);
                continue;
            }

            statements.Add(Statement(cursor));
            if (statements.Count > MaxStatements)
            {
                throw cursor.Expected($"at most {MaxStatements} statements");
            }
        }

        return new(file, options, statements);
    }

    private static void TakeOption(ScriptCursor cursor, Dictionary<string, string> options)
    {
        string name = cursor.ExpectName("the name of an option");
        options[name] = cursor.Here == '=' ? cursor.TakeLine()[1..].Trim().Trim('"') : "";
    }

    private static ScriptStatement Statement(ScriptCursor cursor)
    {
        cursor.SkipBlanks();
        int start = cursor.Position;
        int line = cursor.Line;

        // A command in the beginning may stand without a time.
        ScriptTime time = cursor.Sees("`") || cursor.Sees("%{") ? new(ScriptTimeKind.Relative, TimeSpan.Zero) : Time(cursor);
        if (cursor.TryTake("`"))
        {
            string command = cursor.TakeUntil("`").Trim();
            return new ShellStatement(line, time, cursor.Since(start), command);
        }

        if (cursor.TryTake("%{"))
        {
            string code = cursor.TakeUntil("}%");
            return new CodeStatement(line, time, cursor.Since(start), code);
        }

        return cursor.Sees("<") || cursor.Sees(">") || cursor.Sees("sock(") || cursor.Sees("[") || cursor.Sees("(")
            ? ScriptPacketParser.Statement(cursor, start, line, time)
            : ScriptCallParser.Statement(cursor, start, line, time);
    }

    private static ScriptTime Time(ScriptCursor cursor)
    {
        if (cursor.TryTake("*"))
        {
            return new(ScriptTimeKind.Any, TimeSpan.Zero);
        }

        bool isRelative = cursor.TryTake("+");
        TimeSpan start = cursor.ExpectSeconds();
        if (cursor.TryTake("~"))
        {
            bool isEndRelative = cursor.TryTake("+");
            return isEndRelative == isRelative
                ? new(isRelative ? ScriptTimeKind.RelativeRange : ScriptTimeKind.AbsoluteRange, start, cursor.ExpectSeconds())
                : throw cursor.Expected("both ends of a range counted alike");
        }

        ScriptTimeKind kind = isRelative ? ScriptTimeKind.Relative : ScriptTimeKind.Absolute;
        if (!cursor.TryTake("..."))
        {
            return new(kind, start);
        }

        cursor.TryTake("+");
        return new(kind, start, CallEnd: cursor.ExpectSeconds());
    }
}
