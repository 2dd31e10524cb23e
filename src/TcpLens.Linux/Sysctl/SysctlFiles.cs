using System.Text;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Reads the files that set sysctls at boot, in the order of sysctl.d(5): of files of one name the one in the folder of higher rank
/// hides the others, names count in byte order whatever the folder, and the last line about a key wins. /etc/sysctl.conf comes last,
/// as `sysctl --system` has it, unless a link in one of the folders gives it another place, as on Debian.
/// </summary>
/// <param name="root">What stands before /etc; empty for this machine.</param>
public sealed class SysctlFiles(string root = "")
{
    /// <summary>Far beyond any such file that people write.</summary>
    private const int FileMax = 1 << 20;

    private const string Legacy = "/etc/sysctl.conf";

    private static readonly string[] Folders =
        ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"];

    public SysctlFileSurvey Read()
    {
        List<SettingSource> sources = [];
        List<SettingSource> patterns = [];
        List<BlindSpot> blindSpots = [];
        foreach (string path in Files())
        {
            if (SmallFile.ReadAll(path, FileMax) is { } octets)
            {
                Parse(path, Encoding.UTF8.GetString(octets), sources, patterns);
            }
            else
            {
                blindSpots.Add(new BlindSpot(path, "no permission, or larger than 1 MiB"));
            }
        }

        return new SysctlFileSurvey { Sources = WithEffect(sources), Patterns = patterns, BlindSpots = blindSpots };
    }

    /// <summary>The files that count, in the order in which they are applied.</summary>
    private List<string> Files()
    {
        SortedDictionary<string, string> byName = new(StringComparer.Ordinal);
        foreach (string folder in Folders)
        {
            foreach (string path in FilesIn(root + folder))
            {
                byName.TryAdd(Path.GetFileName(path), path);
            }
        }

        List<string> files = [.. byName.Values];
        if (File.Exists(root + Legacy) && !files.Exists(path => Path.GetFileName(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName) == "sysctl.conf"))
        {
            files.Add(root + Legacy);
        }

        return files;
    }

    private static string[] FilesIn(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, "*.conf");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];   // Most machines lack some of the folders.
        }
    }

    private void Parse(string path, string text, List<SettingSource> sources, List<SettingSource> patterns)
    {
        string shown = path[root.Length..];
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            number++;
            if (SysctlLine.TryParse(raw, out string key, out string value))
            {
                bool isPattern = key.AsSpan().ContainsAny('*', '?', '[');
                (isPattern ? patterns : sources).Add(new SettingSource(key, value, shown, number, IsEffective: !isPattern));
            }
        }
    }

    private static List<SettingSource> WithEffect(List<SettingSource> sources)
    {
        HashSet<string> later = [];
        for (int i = sources.Count - 1; i >= 0; i--)
        {
            if (!later.Add(sources[i].Key))
            {
                sources[i] = sources[i] with { IsEffective = false };
            }
        }

        return sources;
    }
}
