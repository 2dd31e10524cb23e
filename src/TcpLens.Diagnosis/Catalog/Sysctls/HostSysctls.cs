namespace TcpLens.Diagnosis;

/// <summary>Tables and limits of the host that TCP lives from.</summary>
internal static class HostSysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_ehash_entries", "by memory, up to 524288", "", "6.1", "Buckets of the table of connections. A minus says that this namespace shares the host's. Other defaults follow from it.") { IsReadOnly = true },
        new("net.ipv4.tcp_child_ehash_entries", "0", "0, or a power of two up to 16777216", "6.1", "Buckets of a table of its own for namespaces made from now on; 0 shares the host's.")
        {
            Unit = "buckets",
            TakesEffect = "for network namespaces made from now on",
        },
        new("net.core.netdev_max_backlog", "1000", "0 and more", "2.2", "Packets that wait on a processor for the network stack: of devices without NAPI, of loopback and veth, and of packets steered by RPS.")
        {
            Unit = "packets",
            Raising = "When the second column of softnet_stat grows.",
            Conditions = ["local-drop"],
        },
        new("fs.file-max", "by memory; systemd sets it as high as it goes", "0 and more", "2.2", "Open files of the whole host. Above it everybody but root gets ENFILE.")
        {
            Unit = "files",
            DefaultHere = SysctlDefaults.Unknown,
            Lowering = "Programs all over the host fail.",
            Risk = "high when lowered",
            Myths = ["It has nothing to do with EMFILE: that is the limit of a process (LimitNOFILE=)."],
            Conditions = ["fd-exhaustion"],
        },
        new("fs.file-nr", "", "", "2.2", "Open files of the host: in use, unused (always 0) and the limit.") { IsReadOnly = true, Unit = "files", Conditions = ["fd-exhaustion"] },
        new("fs.nr_open", "1048576", "64 and more", "2.6.25", "The most that the limit of a process (RLIMIT_NOFILE) can be raised to.")
        {
            Unit = "descriptors",
            Conditions = ["fd-exhaustion"],
        },
    ];
}
