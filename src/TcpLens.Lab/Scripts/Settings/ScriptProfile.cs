namespace TcpLens.Lab;

/// <summary>Whose choices a script's author had before him, where the RFCs leave one.</summary>
public enum ScriptProfile : byte
{
    Linux,
    FreeBsd,

    /// <summary>None's: only what RFCs demand is compared.</summary>
    Rfc,
}

/// <summary>How RSTs and SYNs within the window are treated.</summary>
public enum ScriptSecurity : byte
{
    /// <summary>As the script's sysctls say.</summary>
    AsScript,

    /// <summary>Challenge ACKs.</summary>
    Rfc5961,

    /// <summary>They are believed.</summary>
    Rfc793,
}

/// <summary>How a script is run.</summary>
public sealed record ScriptOptions
{
    /// <summary>Null: FreeBSD's for scripts that set its sysctls, Linux's for others.</summary>
    public ScriptProfile? Profile { get; init; }

    public ScriptSecurity Security { get; init; }

    /// <summary>
    /// Null: against our stack, in virtual time. A clock: against this machine's kernel, in real time, in a network namespace of the run's own with a TUN
    /// device, both of which go with it. Needs root.
    /// </summary>
    public TimeProvider? Kernel { get; init; }

    /// <summary>Keep every segment for the report, not only the last ones before a failure.</summary>
    public bool KeepTrace { get; init; }

    /// <summary>For which "#ifdef" holds: the branch that follows the RFCs where a script has one, and else Linux's.</summary>
    public static IReadOnlySet<string> Symbols(ScriptProfile profile) => profile switch
    {
        ScriptProfile.Linux => new HashSet<string>(StringComparer.Ordinal) { "STANDARD", "Linux", "linux" },
        _ => new HashSet<string>(StringComparer.Ordinal) { "STANDARD" },
    };
}
