namespace TcpLens.Lab;

/// <summary>How a script ended.</summary>
public enum ScriptVerdict : byte
{
    Passed,
    Failed,

    /// <summary>It uses what the runner or the stack does not have; says nothing about the rest.</summary>
    NotSupported,
}

/// <summary>What came of running one script.</summary>
/// <param name="Name">The file.</param>
/// <param name="Profile">With which it was run.</param>
/// <param name="Verdict">How it ended.</param>
public sealed record ScriptOutcome(string Name, ScriptProfile Profile, ScriptVerdict Verdict)
{
    /// <summary>Of the statement that failed or is not supported, from 1; 0 when it passed.</summary>
    public int Line { get; init; }

    /// <summary>That statement as it was written.</summary>
    public string Statement { get; init; } = "";

    /// <summary>What it expects; of a failed one.</summary>
    public string Expected { get; init; } = "";

    /// <summary>What happened instead.</summary>
    public string Got { get; init; } = "";

    /// <summary>What is not supported.</summary>
    public string Feature { get; init; } = "";

    /// <summary>The last things that happened, in the script's notation and numbers.</summary>
    public IReadOnlyList<string> Trace { get; init; } = [];

    /// <summary>Time that passed in the script.</summary>
    public TimeSpan Duration { get; init; }
}
