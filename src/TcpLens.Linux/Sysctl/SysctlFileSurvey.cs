using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>What the files under /etc/sysctl.d and its like set at boot.</summary>
public sealed class SysctlFileSurvey
{
    /// <summary>Every line that sets one key, in the order in which they are applied.</summary>
    public required IReadOnlyList<SettingSource> Sources { get; init; }

    /// <summary>Lines with a pattern for a key, such as net.ipv4.conf.*.rp_filter; which keys they set is not followed.</summary>
    public required IReadOnlyList<SettingSource> Patterns { get; init; }

    /// <summary>Files that could not be read.</summary>
    public required IReadOnlyList<BlindSpot> BlindSpots { get; init; }

    /// <summary>The line that decides about a key at boot; null when none sets it.</summary>
    public SettingSource? Effective(string key)
    {
        foreach (SettingSource source in Sources)
        {
            if (source.IsEffective && source.Key == key)
            {
                return source;
            }
        }

        return null;
    }

    /// <summary>A line that would still decide about the key after <paramref name="path"/> sets it too, being applied later; else null.</summary>
    public SettingSource? AppliedAfter(string path, string key)
        => Effective(key) is { } line && line.Path != path
            && (line.Path == "/etc/sysctl.conf" || string.CompareOrdinal(Path.GetFileName(line.Path), Path.GetFileName(path)) > 0)
                ? line
                : null;
}
