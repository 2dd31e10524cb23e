using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli.Tune;

/// <summary>KEY=VALUE as people type it, and why some of it cannot be done.</summary>
internal static class SettingWords
{
    /// <summary>Every word as a change of a setting that can be changed here.</summary>
    /// <exception cref="UsageException">One of them cannot; the message says why and what to type.</exception>
    public static List<SettingChange> Parse(IReadOnlyList<string> words, TuneGround ground)
    {
        List<SettingChange> changes = [];
        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException($"{word}: say KEY=VALUE, such as net.ipv4.tcp_fin_timeout=30; quote values of several numbers");
            }

            changes.Add(new SettingChange(KeyOf(word[..equals], ground), SettingText.Normalize(word[(equals + 1)..])));
        }

        return changes;
    }

    /// <summary>Refuses what is not for us, does not exist, or cannot be set in this place.</summary>
    /// <exception cref="UsageException">With the reason and what to type.</exception>
    public static void Check(IReadOnlyList<SettingChange> changes, TuneGround ground)
    {
        HashSet<string> seen = [];
        foreach (SettingChange change in changes)
        {
            string? refusal = Tunable.Refusal(change.Key, change.Value)
                ?? (ground.Here[change.Key] is null ? WhyMissing(change.Key, ground) : null)
                ?? (ground.IsWritable(change.Key) ? null : WhyReadOnly(change.Key, ground))
                ?? (seen.Add(change.Key) ? null : $"{change.Key} is given twice");
            if (refusal is not null)
            {
                throw new UsageException(refusal);
            }
        }
    }

    /// <summary>The dotted name; a bare one ("tcp_fin_timeout") is looked for.</summary>
    private static string KeyOf(string text, TuneGround ground)
    {
        string key = SettingName.Dotted(text);
        return key.Contains('.', StringComparison.Ordinal)
            ? key
            : ground.Here.Values.Keys.FirstOrDefault(known => SettingName.Bare(known) == key) ?? SysctlCatalog.Find(key)?.Key
                ?? throw new UsageException($"{key}: there is no such setting{Suggest(key, ground)}");
    }

    private static string WhyMissing(string key, TuneGround ground)
    {
        if (ground.Host?[key] is not null)
        {
            return HostWide(key, ground);
        }

        return SysctlCatalog.Find(key) switch
        {
            { RemovedIn: { } version } => $"{key} was removed in Linux {version}: there is nothing to set; see: tcplens explain {SettingName.Bare(key)}",
            not null => $"{key}: this kernel does not have it, or the module that brings it is not loaded; see: tcplens explain {SettingName.Bare(key)}",
            null => $"{key}: there is no such setting{Suggest(SettingName.Bare(key), ground)}",
        };
    }

    private static string WhyReadOnly(string key, TuneGround ground)
        => SysctlCatalog.Find(key) is not { IsReadOnly: true } && !ground.Place.IsHost && (ground.Host?[key] is not null || HostSettings.IsHostWide(key))
            ? HostWide(key, ground)
            : $"{key} shows something and cannot be set";

    private static string HostWide(string key, TuneGround ground)
        => $"{key} has one value for the whole host and cannot be set in {ground.PlaceName}; on the host: tcplens tune set {key}=VALUE";

    private static string Suggest(string bare, TuneGround ground)
    {
        string[] names = [.. ground.Here.Values.Keys.Where(Tunable.Includes).Select(SettingName.Bare)];
        return Spelling.Nearest(bare, names) is { } near
            ? $"; did you mean {ground.Here.Values.Keys.First(key => SettingName.Bare(key) == near)}?"
            : "; tcplens tune --all lists them";
    }
}
