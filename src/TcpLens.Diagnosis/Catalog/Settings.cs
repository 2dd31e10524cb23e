using System.Globalization;

namespace TcpLens.Diagnosis;

/// <summary>A machine's settings by sysctl name ("net.ipv4.tcp_fin_timeout"); null when the machine has none of that name.</summary>
public delegate string? SettingLookup(string key);

/// <summary>A setting as it was used: IsAssumed when the machine did not tell and Linux's default stands in.</summary>
public sealed record SettingValue(string Key, long Value, bool IsAssumed);

/// <summary>
/// Reads whole numbers and remembers which, so that a result can show what it was made of. Numbers are taken into the range of
/// the kernel's settings, 0 to 2^31−1: one outside comes from a broken record and must not break the arithmetic.
/// </summary>
internal sealed class SettingReader(SettingLookup lookup)
{
    private readonly List<SettingValue> _used = [];

    public IReadOnlyList<SettingValue> Used => _used;

    /// <summary>True when the machine answers for the key, whatever it says.</summary>
    public bool Knows(string key) => lookup(key) is not null;

    public long Read(string key, long assumed)
    {
        bool known = long.TryParse(lookup(key).AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value);
        long used = known ? Math.Clamp(value, 0, int.MaxValue) : assumed;
        _used.Add(new SettingValue(key, used, !known));
        return used;
    }
}
