using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>Defaults that depend on the machine, as tcp_init() and tcp_sk_init() compute them (net/ipv4/tcp.c, tcp_ipv4.c).</summary>
internal static class SysctlDefaults
{
    private const long MiB = 1024 * 1024;

    /// <summary>Sockets may take this part of memory for one buffer: pages &lt;&lt; (PAGE_SHIFT - 7).</summary>
    private const long BufferShare = 128;

    public static string? Unknown(HostSettings settings) => null;

    /// <summary>A default that came before this other setting did; what it was earlier is not said.</summary>
    public static SysctlDefault WhereThereIs(string newer, string value) => settings => settings[newer] is null ? null : value;

    /// <summary>tcp_max_tw_buckets, tcp_max_orphans: half of the hash table.</summary>
    public static string? HalfOfHash(HostSettings settings) => HashEntries(settings) is { } entries ? Text(entries / 2) : null;

    public static string? SynBacklog(HostSettings settings) => HashEntries(settings) is { } entries ? Text(Math.Max(128, entries / 128)) : null;

    /// <summary>32 MiB from 6.16 on, 6 MiB before, and never more than a 128th of memory.</summary>
    public static string? ReceiveBuffer(HostSettings settings)
        => Largest(settings) is { } largest && Affords(settings, largest.Receive) ? $"4096 131072 {largest.Receive}" : null;

    public static string? SendBuffer(HostSettings settings) => Affords(settings, 4 * MiB) ? $"4096 16384 {4 * MiB}" : null;

    /// <summary>SO_RCVBUF and SO_SNDBUF: 4 MiB came with kernels that also have AccECN.</summary>
    public static string? BufferCap(HostSettings settings) => Largest(settings) is { } largest ? Text(largest.Cap) : null;

    public static string? SmallQueue(HostSettings settings) => Largest(settings) is { } largest ? Text(largest.Queue) : null;

    public static string? ChallengeLimit(HostSettings settings) => settings["net.ipv4.tcp_ehash_entries"] is not null ? Text(int.MaxValue) : null;

    /// <summary>Buckets follow memory, and since 5.15 there is one entry for each bucket. Near the steps what the kernel counted decides.</summary>
    public static string? Conntrack(HostSettings settings) => settings switch
    {
        _ when settings["net.ipv4.tcp_ehash_entries"] is null => null,
        { MemoryBytes: > 5L * 1024 * MiB } => "262144",
        { MemoryBytes: > 1100 * MiB and < 4L * 1024 * MiB } => "65536",
        _ => null,
    };

    /// <summary>The hash table of this namespace; a minus says that it is shared with the host. Unknown before 6.1.</summary>
    public static long? HashEntries(HostSettings settings) => settings.Number("net.ipv4.tcp_ehash_entries") is { } entries and not 0 ? Math.Abs(entries) : null;

    /// <summary>Told by what exists: tcp_ecn_option came after the buffers grew, tcp_rto_max_ms before. In between it cannot be told.</summary>
    private static (long Receive, long Cap, long Queue)? Largest(HostSettings settings) => settings switch
    {
        _ when settings["net.ipv4.tcp_ecn_option"] is not null => (32 * MiB, 4 * MiB, 4 * MiB),
        _ when settings["net.ipv4.tcp_ehash_entries"] is not null && settings["net.ipv4.tcp_rto_max_ms"] is null => (6 * MiB, 212992, MiB),
        _ => null,
    };

    private static bool Affords(HostSettings settings, long octets) => settings.MemoryBytes is { } memory && memory / BufferShare > octets + (octets / 8);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
