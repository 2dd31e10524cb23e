using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>A setting that shall be changed, with all that one should know before.</summary>
/// <param name="Key">Dotted name.</param>
/// <param name="Now">Its value here.</param>
/// <param name="New">What it shall become.</param>
public sealed record PlannedChange(string Key, string Now, string New)
{
    /// <summary>Its value in the host's namespace, where another one is changed; else null.</summary>
    public string? OnHost { get; init; }

    /// <summary>The kernel's default on this machine; null when unknown.</summary>
    public string? Default { get; init; }

    /// <summary>True when there is one value for the whole host, all containers included.</summary>
    public bool IsHostWide { get; init; }

    /// <summary>When the change is felt, and by which sockets; null when the catalogue does not know the setting.</summary>
    public string? TakesEffect { get; init; }

    /// <summary>What the change can break; null when the catalogue does not know the setting.</summary>
    public string? Risk { get; init; }

    /// <summary>What is to be said about the new value; null when nothing is.</summary>
    public SysctlJudgement? Judgement { get; init; }

    /// <summary>A line of another file that has the last word at boot, with another value; null when ours has it.</summary>
    public SettingSource? OverruledBy { get; init; }

    /// <summary>True when the value is so already.</summary>
    public bool IsSo => SettingText.Same(Key, Now, New);

    /// <summary>Looks up what the catalogue knows.</summary>
    /// <param name="change">What is wanted.</param>
    /// <param name="now">Its value here.</param>
    /// <param name="after">The settings as they would be with the whole change, by which the new value is judged.</param>
    public static PlannedChange Of(SettingChange change, string now, HostSettings after)
    {
        SysctlPage? page = SysctlCatalog.Find(change.Key);
        return new PlannedChange(change.Key, now, change.Value)
        {
            Default = SysctlCatalog.DefaultOf(change.Key, after),
            IsHostWide = page is { Scope: SysctlScope.Host } || HostSettings.IsHostWide(change.Key),
            TakesEffect = page?.TakesEffect,
            Risk = page?.Risk,
            Judgement = SysctlCatalog.Judge(change.Key, after),
        };
    }
}
