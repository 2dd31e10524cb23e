namespace TcpLens.Observation;

/// <summary>Names of settings, in the spellings that sysctl(8) and sysctl.d(5) take.</summary>
public static class SettingName
{
    private const string Folder = "/proc/sys/";

    /// <summary>
    /// The dotted name: of "net/ipv4/tcp_sack", of "/proc/sys/net/ipv4/tcp_sack", or of itself. Which of the two signs comes first
    /// divides, and the other stands for it: "net/ipv4/conf/eth0.1/rp_filter" is "net.ipv4.conf.eth0/1.rp_filter".
    /// </summary>
    public static string Dotted(string text)
    {
        string name = text.Trim();
        name = name.StartsWith(Folder, StringComparison.Ordinal) ? name[Folder.Length..] : name;
        int first = name.AsSpan().IndexOfAny('.', '/');
        return first < 0 || name[first] == '.'
            ? name
            : string.Create(name.Length, name, static (dotted, slashed) =>
            {
                for (int i = 0; i < dotted.Length; i++)
                {
                    dotted[i] = slashed[i] switch { '/' => '.', '.' => '/', char other => other };
                }
            });
    }

    /// <summary>The last part: "tcp_sack" of "net.ipv4.tcp_sack".</summary>
    public static string Bare(string key) => key[(key.LastIndexOf('.') + 1)..];
}
