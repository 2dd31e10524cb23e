using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// Reads kernel settings by their dotted names. net.* are those of the calling thread's network namespace: /proc/sys/net looks at
/// the task that opens the file (net/sysctl_net.c). What exists is asked of the kernel and never guessed from its version.
/// </summary>
public sealed class SysctlReader(string proc = "/proc")
{
    private readonly string _root = proc + "/sys/";

    /// <summary>
    /// /proc/sys/net/ipv4/tcp_rmem for "net.ipv4.tcp_rmem". As in sysctl(8), a slash in the name stands for a dot in the file's:
    /// "net.ipv4.conf.eth0/1.rp_filter" is …/conf/eth0.1/rp_filter. Null for what cannot be a setting.
    /// </summary>
    public string? PathOf(string key)
    {
        foreach (Range part in key.AsSpan().Split('.'))
        {
            if (key.AsSpan()[part] is "" or "/" or "//" || key.Contains('\0'))
            {
                return null;
            }
        }

        return _root + string.Create(key.Length, key, static (path, name) =>
        {
            for (int i = 0; i < path.Length; i++)
            {
                path[i] = name[i] switch { '.' => '/', '/' => '.', char other => other };
            }
        });
    }

    /// <summary>True when this kernel has the setting, and shows it in this namespace.</summary>
    public bool Exists(string key) => PathOf(key) is { } path && File.Exists(path);

    /// <summary>The value as the kernel prints it, without blanks around it; null when there is none or it may not be read.</summary>
    public string? Read(string key) => PathOf(key) is { } path ? SmallFile.ReadText(path) : null;

    /// <summary>Names of all settings of the network that are not of one interface, neighbour or route; none where /proc is not mounted.</summary>
    public IReadOnlyList<string> NetworkKeys()
    {
        List<string> keys = [];
        foreach (string folder in (ReadOnlySpan<string>)["net/core", "net/ipv4", "net/ipv6", "net/ipv6/icmp", "net/mptcp", "net/netfilter"])
        {
            if (Directory.Exists(_root + folder))
            {
                keys.AddRange(Directory.EnumerateFiles(_root + folder).Select(path => path[_root.Length..].Replace('/', '.')));
            }
        }

        keys.Sort(StringComparer.Ordinal);
        return keys;
    }

    /// <summary>A value of one number; null when there is none.</summary>
    public long? ReadNumber(string key) => long.TryParse(Read(key), out long number) ? number : null;
}
