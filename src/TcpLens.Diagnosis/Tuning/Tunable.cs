namespace TcpLens.Diagnosis;

/// <summary>
/// Which settings may be changed with our help: those of TCP and what it stands on. Whatever else a machine can be told is none of
/// our business, and a tool that writes /proc/sys must not be talked into it.
/// </summary>
public static class Tunable
{
    private static readonly string[] Families =
    [
        "net.ipv4.tcp_", "net.ipv4.ip_local_", "net.netfilter.nf_conntrack_", "net.mptcp.",
        "net.core.netdev_max_", "net.core.netdev_budget", "net.core.rmem_", "net.core.wmem_",
    ];

    private static readonly string[] Single =
    [
        "net.core.somaxconn", "net.core.optmem_max", "net.core.default_qdisc",
        "net.ipv4.ip_autobind_reuse", "net.ipv4.ip_no_pmtu_disc", "net.ipv4.ip_nonlocal_bind", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.icmp_ratelimit", "net.ipv4.icmp_ratemask", "net.ipv4.icmp_msgs_per_sec", "net.ipv4.icmp_msgs_burst",
        "net.ipv6.bindv6only", "net.ipv6.ip_nonlocal_bind", "net.ipv6.icmp.ratelimit", "net.ipv6.icmp.ratemask",
    ];

    /// <summary>Its value is a key, and a journal is no place for one.</summary>
    private const string Secret = "net.ipv4.tcp_fastopen_key";

    public static bool Includes(string key)
        => key != Secret && !IsList(key) && (Array.Exists(Families, family => key.StartsWith(family, StringComparison.Ordinal)) || Array.IndexOf(Single, key) >= 0);

    /// <summary>Why a key is not for us, and what to type in our place; null when it is for us.</summary>
    public static string? Refusal(string key, string value)
    {
        if (Includes(key))
        {
            return null;
        }

        return IsList(key)
            ? $"{key} shows something and cannot be set"
            : $"{key}: {(key == Secret ? "its value is a secret, which the journal would keep" : "tune changes settings of TCP and of the network below it, and no others")}; "
                + $"to set it all the same: sysctl -w '{key}={value}'";
    }

    /// <summary>What the kernel offers to choose from is no setting: tcp_available_congestion_control, mptcp.available_schedulers.</summary>
    private static bool IsList(string key) => key.Contains("available_", StringComparison.Ordinal);
}
