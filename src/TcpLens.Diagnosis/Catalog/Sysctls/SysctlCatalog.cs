using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>The settings that matter to TCP: what they mean, what they are by default, and when a value is unsafe. Built when first asked.</summary>
public static class SysctlCatalog
{
    private static readonly SysctlPage[] Pages =
    [
        .. ListenSysctls.Pages, .. ConnectSysctls.Pages, .. PortSysctls.Pages, .. CloseSysctls.Pages, .. RetrySysctls.Pages, .. RecoverySysctls.Pages,
        .. CongestionSysctls.Pages, .. PathSysctls.Pages, .. MemorySysctls.Pages, .. SegmentSysctls.Pages, .. HostSysctls.Pages,
        .. ConntrackSysctls.Pages, .. RemovedSysctls.Pages,
    ];

    public static IReadOnlyList<SysctlPage> All => Pages;

    /// <summary>
    /// By any usual way to write it: "net.ipv4.tcp_fin_timeout", "net/ipv4/tcp_fin_timeout", "/proc/sys/net/ipv4/tcp_fin_timeout",
    /// or just "tcp_fin_timeout"; in any case. Null when there is no page.
    /// </summary>
    public static SysctlPage? Find(string name)
    {
        const string Root = "/proc/sys/";
        string key = name.Trim();
        key = key.StartsWith(Root, StringComparison.OrdinalIgnoreCase) ? key[Root.Length..] : key;
        key = key.Trim('/').Replace('/', '.');
        return Array.Find(Pages, page => page.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
            ?? Array.Find(Pages, page => page.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// The kernel's default on this machine, numbers separated by one blank; null when there is no page, or when it cannot be told:
    /// it follows from memory that the kernel counted at boot, or from how the kernel was built.
    /// </summary>
    public static string? DefaultOf(string key, HostSettings settings)
        => Find(key) switch
        {
            null or { IsRemoved: true } or { IsReadOnly: true } => null,
            { DefaultHere: { } here } => here(settings),
            var page => page.Default,
        };

    /// <summary>Whether the value is the kernel's default; null when either is not known.</summary>
    public static bool? IsDefault(string key, HostSettings settings)
        => DefaultOf(key, settings) is { } usual && settings[key] is { } value ? Normal(value) == usual : null;

    /// <summary>What is to be said about the value that the settings have; null when there is nothing to say, or no value.</summary>
    public static SysctlJudgement? Judge(string key, HostSettings settings)
        => Find(key) is { Rule: { } rule } page && settings[page.Key] is not null ? rule(settings) : null;

    /// <summary>A value with its numbers separated by one blank, as people write it: the kernel prints tabs.</summary>
    public static string Normal(string value) => string.Join(' ', value.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
