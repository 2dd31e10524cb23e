namespace TcpLens.Lab;

/// <summary>How a statement says its time.</summary>
public enum ScriptTimeKind : byte
{
    /// <summary>"0.100": since the beginning of the script.</summary>
    Absolute,

    /// <summary>"+.1": since the statement before it was done.</summary>
    Relative,

    /// <summary>"*": whenever.</summary>
    Any,

    /// <summary>"0.1~0.2".</summary>
    AbsoluteRange,

    /// <summary>"+.1~+.2".</summary>
    RelativeRange,
}

/// <summary>The time of a statement.</summary>
/// <param name="Kind">How it counts.</param>
/// <param name="Start">The time, or the earliest.</param>
/// <param name="End">The latest of a range.</param>
/// <param name="CallEnd">"+.1...0.2": when a blocking call returns, counted like <paramref name="Start"/>; null for a call that does not block.</param>
public readonly record struct ScriptTime(ScriptTimeKind Kind, TimeSpan Start, TimeSpan End = default, TimeSpan? CallEnd = null)
{
    public bool IsRelative => Kind is ScriptTimeKind.Relative or ScriptTimeKind.RelativeRange or ScriptTimeKind.Any;

    public bool IsRange => Kind is ScriptTimeKind.AbsoluteRange or ScriptTimeKind.RelativeRange;
}
