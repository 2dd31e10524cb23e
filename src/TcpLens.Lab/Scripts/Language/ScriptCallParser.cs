namespace TcpLens.Lab;

/// <summary>Reads "name(arguments) = result ERRNO (note)".</summary>
internal static class ScriptCallParser
{
    private const int MaxDepth = 32;

    public static CallStatement Statement(ScriptCursor cursor, int start, int line, ScriptTime time)
    {
        string function = cursor.ExpectName("a segment, a call, \"`\" or \"%{\"");
        cursor.Expect("(");
        List<ScriptValue> arguments = Values(cursor, ")", 0);
        if (!cursor.TryTake("="))
        {
            throw cursor.Expected("\"=\" and what the call returns");
        }

        ScriptValue? result = cursor.TryTake("?") ? null : Value(cursor, 0);
        string? error = cursor.Here is ' ' or '\t' ? Errno(cursor) : null;
        if (cursor.TryTake("("))
        {
            cursor.TakeUntil(")");
        }

        return new(line, time, cursor.Since(start), function, arguments, result, error);
    }

    /// <summary>On the same line: a name at the beginning of the next would be that of a statement without a time.</summary>
    private static string? Errno(ScriptCursor cursor)
    {
        cursor.TakeWhile(static c => c is ' ' or '\t');
        return char.IsAsciiLetterUpper(cursor.Here) ? cursor.TryTakeName() : null;
    }

    private static List<ScriptValue> Values(ScriptCursor cursor, string end, int depth)
    {
        var values = new List<ScriptValue>();
        if (cursor.TryTake(end))
        {
            return values;
        }

        do
        {
            values.Add(Value(cursor, depth));
        }
        while (cursor.TryTake(","));
        cursor.Expect(end);
        return values;
    }

    private static ScriptValue Value(ScriptCursor cursor, int depth)
    {
        ScriptValue value = Single(cursor, depth);
        while (cursor.TryTake("|"))
        {
            value = new ScriptValue.Either(value, Single(cursor, depth));
        }

        return value;
    }

    private static ScriptValue Single(ScriptCursor cursor, int depth)
    {
        if (depth > MaxDepth)
        {
            throw cursor.Expected($"at most {MaxDepth} brackets in each other");
        }

        if (cursor.TryTake("..."))
        {
            return new ScriptValue.Ellipsis();
        }

        if (cursor.TryTake("["))
        {
            return new ScriptValue.List(Values(cursor, "]", depth + 1));
        }

        if (cursor.TryTake("{"))
        {
            return Structure(cursor, depth + 1);
        }

        if (cursor.TryTake("\""))
        {
            return new ScriptValue.Quoted(cursor.TakeUntil("\""));
        }

        return cursor.TryTakeName() is { } name ? Named(cursor, name, depth)
            : cursor.TryTakeInteger() is { } number ? new ScriptValue.Number(number)
            : throw cursor.Expected("a value");
    }

    private static ScriptValue Named(ScriptCursor cursor, string name, int depth)
        => cursor.TryTake("(") ? new ScriptValue.Invocation(name, Values(cursor, ")", depth + 1)) : new ScriptValue.Name(name);

    private static ScriptValue.Record Structure(ScriptCursor cursor, int depth)
    {
        var fields = new List<(string, ScriptValue)>();
        if (cursor.TryTake("}"))
        {
            return new(fields);
        }

        do
        {
            ScriptValue first = Value(cursor, depth);
            fields.Add(cursor.TryTake("=") ? (NameOf(first), Value(cursor, depth)) : ("", first));
        }
        while (cursor.TryTake(","));
        cursor.Expect("}");
        return new(fields);
    }

    private static string NameOf(ScriptValue value) => value switch
    {
        ScriptValue.Name name => name.Text,
        ScriptValue.Invocation call => call.Function,
        _ => "",
    };
}
