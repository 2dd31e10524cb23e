namespace TcpLens.Lab;

/// <summary>A script that cannot be read; the only exception that reading one throws.</summary>
public sealed class ScriptSyntaxException : Exception
{
    public ScriptSyntaxException(string file, int line, int column, string message)
        : base($"{file}:{line}:{column}: {message}")
    {
        Line = line;
        Column = column;
    }

    public ScriptSyntaxException()
    {
    }

    public ScriptSyntaxException(string message)
        : base(message)
    {
    }

    public ScriptSyntaxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>From 1.</summary>
    public int Line { get; }

    /// <summary>From 1, in characters.</summary>
    public int Column { get; }
}
