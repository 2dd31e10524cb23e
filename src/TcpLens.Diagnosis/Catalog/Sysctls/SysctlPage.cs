using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>Whom a setting reaches.</summary>
public enum SysctlScope : byte
{
    /// <summary>One network namespace: each container has its own.</summary>
    Namespace,

    /// <summary>The whole host; in namespaces other than the host's it is missing or read-only.</summary>
    Host,
}

/// <summary>What is to be said about a value: Notice or Warning, why, and what to set in its place (null when that depends on more than the machine).</summary>
public sealed record SysctlJudgement(Severity Severity, string Reason, string? Recommended);

/// <summary>Judges the value that the settings have; null when there is nothing to say about it.</summary>
public delegate SysctlJudgement? SysctlRule(HostSettings settings);

/// <summary>The kernel's default on this machine; null when it cannot be told from the settings.</summary>
public delegate string? SysctlDefault(HostSettings settings);

/// <summary>
/// What there is to know about a setting. Versions are of the mainline kernel and are there to inform: distributions carry features
/// back, so whether a kernel has a setting is asked of /proc/sys.
/// </summary>
/// <param name="Key">Dotted name: "net.ipv4.tcp_fin_timeout".</param>
/// <param name="Default">The kernel's own default; words where it depends on the machine, and then <see cref="DefaultHere"/> computes it.</param>
/// <param name="Range">What the kernel takes, or what the values mean; may be empty.</param>
/// <param name="Since">The first version with it; empty when it is older than 2.6.</param>
/// <param name="Meaning">What it does.</param>
public sealed record SysctlPage(string Key, string Default, string Range, string Since, string Meaning)
{
    /// <summary>"s", "ms", "pages of memory"; empty for switches, names and counts that say it themselves.</summary>
    public string Unit { get; init; } = "";

    public SysctlScope Scope => HostSettings.IsHostWide(Key) ? SysctlScope.Host : SysctlScope.Namespace;

    /// <summary>When a change is felt, and by which sockets.</summary>
    public string TakesEffect { get; init; } = "at once";

    public string Raising { get; init; } = "";

    public string Lowering { get; init; } = "";

    /// <summary>What a change can break, in a few words.</summary>
    public string Risk { get; init; } = "low";

    public IReadOnlyList<string> Myths { get; init; } = [];

    /// <summary>Ids of conditions (<see cref="ConditionCatalog"/>) in which the setting plays a part.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>Where the setting is missing on kernels that are not old: "the nf_conntrack module is loaded"; empty: it is always there.</summary>
    public string OnlyWhere { get; init; } = "";

    /// <summary>The version that took it away; null when it is still there.</summary>
    public string? RemovedIn { get; init; }

    /// <summary>The version from which on it can be set and does nothing; null when it does something.</summary>
    public string? NoEffectSince { get; init; }

    /// <summary>True for what shows something and cannot be set.</summary>
    public bool IsReadOnly { get; init; }

    public SysctlDefault? DefaultHere { get; init; }

    public SysctlRule? Rule { get; init; }

    public bool IsRemoved => RemovedIn is not null;

    /// <summary>The last word of the key, by which people know it: "tcp_fin_timeout".</summary>
    public string Name => Key[(Key.LastIndexOf('.') + 1)..];
}
