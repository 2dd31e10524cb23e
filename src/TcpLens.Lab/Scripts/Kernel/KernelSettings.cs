namespace TcpLens.Lab;

/// <summary>Sysctls of the namespace that the calling thread is in: /proc/sys/net is its own there.</summary>
internal static class KernelSettings
{
    /// <summary>What scripts of Linux take for granted, as the kernel's own self-tests set it.</summary>
    private static readonly (string Name, string Value)[] Defaults =
    [
        ("net.ipv4.tcp_congestion_control", "cubic"),
        ("net.ipv4.tcp_ecn", "0"),
        ("net.ipv4.tcp_timestamps", "1"),
        ("net.ipv4.tcp_no_metrics_save", "1"),
        ("net.ipv4.tcp_early_retrans", "3"),
        ("net.ipv4.tcp_syncookies", "1"),
        ("net.ipv4.tcp_slow_start_after_idle", "1"),
        ("net.ipv4.tcp_wmem", "4096 262144 4194304"),
    ];

    /// <summary>Before the device is made: addresses can be used at once, and windows are scaled as the script's first SYN has it.</summary>
    public static void Prepare(byte? shift)
    {
        Set("net.ipv6.conf.all.accept_dad", "0");
        Set("net.ipv6.conf.default.accept_dad", "0");
        if (shift is { } wanted)
        {
            Set("net.ipv4.tcp_rmem", $"4096 540000 {15L << (wanted + 12)}");
        }
    }

    public static void SetDefaults()
    {
        foreach ((string name, string value) in Defaults)
        {
            Set(name, value);
        }
    }

    /// <exception cref="UnsupportedFeatureException">Not a sysctl of this kernel's network, or it takes no such value.</exception>
    public static void Set(string name, string value)
    {
        string path = "/proc/sys/" + name.Replace('.', '/');
        if (!name.StartsWith("net", StringComparison.Ordinal) || path.Contains("..", StringComparison.Ordinal))
        {
            throw new UnsupportedFeatureException($"{name} on this kernel");
        }

        try
        {
            File.WriteAllText(path, value);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnsupportedFeatureException($"{name}={value} on this kernel", failure);
        }
    }
}
