using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>A setting as it stands: its value, whether that is the kernel's default, who set it, and what is to be said about it.</summary>
/// <param name="Key">Dotted name.</param>
/// <param name="Value">Null when a file sets it and this kernel does not have it.</param>
public sealed record ReviewedSetting(string Key, string? Value)
{
    /// <summary>The kernel's default on this machine; null when unknown.</summary>
    public string? Default { get; init; }

    /// <summary>Null when either is unknown.</summary>
    public bool? Differs => Value is null || Default is null ? null : !SettingText.Same(Key, Value, Default);

    /// <summary>The line that decides about it at boot; null when no file does.</summary>
    public SettingSource? Source { get; init; }

    /// <summary>True when the value is not what that line sets: somebody has set it since, or the line never took effect.</summary>
    public bool IsUnlikeFile => Value is not null && Source is not null && !SettingText.Same(Key, Value, Source.Value);

    public Severity Severity { get; init; }

    /// <summary>What is to be said about it; empty when nothing is.</summary>
    public string Remark { get; init; } = "";

    /// <summary>What to set in its place; null when that cannot be said.</summary>
    public string? Recommended { get; init; }
}

/// <summary>Looks through the settings of a place: the risky and the useless first, then those that differ from the kernel's default.</summary>
public static class SettingReview
{
    /// <param name="settings">Of one namespace.</param>
    /// <param name="sources">Lines that set something at boot; empty for namespaces that no file sets.</param>
    public static IReadOnlyList<ReviewedSetting> Of(HostSettings settings, IReadOnlyList<SettingSource> sources)
    {
        Dictionary<string, SettingSource> effective = [];
        foreach (SettingSource source in sources)
        {
            if (source.IsEffective && Tunable.Includes(source.Key))
            {
                effective[source.Key] = source;
            }
        }

        List<ReviewedSetting> reviewed = [];
        foreach (string key in settings.Values.Keys.Where(Tunable.Includes).Union(effective.Keys).Where(key => IsSettable(key, settings)))
        {
            reviewed.Add(Review(key, settings, effective.GetValueOrDefault(key)));
        }

        reviewed.Sort(static (left, right) => (-(int)left.Severity, left.Differs != true, left.Key).CompareTo((-(int)right.Severity, right.Differs != true, right.Key)));
        return reviewed;
    }

    /// <summary>What only shows something (tcp_available_congestion_control, nf_conntrack_count) is no setting.</summary>
    private static bool IsSettable(string key, HostSettings settings)
        => settings[key] is null || SysctlCatalog.Find(key) is not { IsReadOnly: true };

    private static ReviewedSetting Review(string key, HostSettings settings, SettingSource? source)
    {
        var setting = new ReviewedSetting(key, settings[key]) { Source = source, Default = SysctlCatalog.DefaultOf(key, settings) };
        if (setting.Value is null)
        {
            return setting with { Severity = Severity.Notice, Remark = Missing(key) };
        }

        return SysctlCatalog.Judge(key, settings) is { } judgement
            ? setting with { Severity = judgement.Severity, Remark = judgement.Reason, Recommended = judgement.Recommended }
            : setting;
    }

    private static string Missing(string key)
        => SysctlCatalog.Find(key) is { RemovedIn: { } version }
            ? $"It was removed in Linux {version}: the line does nothing and can go."
            : "This kernel has no such setting, or the module that brings it is not loaded.";
}
