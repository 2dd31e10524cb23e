using System.Globalization;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>Reads <see cref="HostSettings"/> as the calling thread's namespace shows them.</summary>
public sealed class SettingsReader(string proc = "/proc")
{
    private readonly SysctlReader _sysctl = new(proc);

    /// <param name="now">The wall clock, from which the time of boot follows.</param>
    public HostSettings Read(DateTimeOffset now)
    {
        List<KeyValuePair<string, string>> values = new(HostSettings.NamespaceKeys.Count + HostSettings.HostWideKeys.Count);
        ReadInto(values, HostSettings.NamespaceKeys);
        ReadInto(values, HostSettings.HostWideKeys);
        return new HostSettings(values)
        {
            KernelRelease = _sysctl.Read("kernel.osrelease"),
            BootTime = Uptime() is { } up && up.Ticks <= now.UtcTicks ? now - up : null,
            PageSizeBytes = Environment.SystemPageSize,
            Processors = Environment.ProcessorCount,
            MemoryBytes = MemoryTotal(),
        };
    }

    private void ReadInto(List<KeyValuePair<string, string>> values, IReadOnlyList<string> keys)
    {
        foreach (string key in keys)
        {
            if (_sysctl.Read(key) is { } value)
            {
                values.Add(new(key, value));
            }
        }
    }

    /// <summary>/proc/uptime: seconds since boot, then idle seconds.</summary>
    private TimeSpan? Uptime()
        => SmallFile.ReadText(proc + "/uptime")?.Split(' ')[0] is { } first
            && double.TryParse(first, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds is >= 0 and < 1e10
                ? TimeSpan.FromSeconds(seconds)
                : null;

    /// <summary>First line of /proc/meminfo: "MemTotal:  8123456 kB".</summary>
    private long? MemoryTotal()
    {
        ReadOnlySpan<char> text = SmallFile.ReadText(proc + "/meminfo");
        if (!text.StartsWith("MemTotal:", StringComparison.Ordinal))
        {
            return null;
        }

        text = text["MemTotal:".Length..].TrimStart();
        int end = text.IndexOf(' ');
        return end > 0 && long.TryParse(text[..end], out long kibibytes) ? kibibytes * 1024 : null;
    }
}
