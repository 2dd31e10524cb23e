using System.Globalization;
using TcpLens.Observation;
using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>
/// When a value is unsafe. A rule speaks only of what holds on every machine; what depends on the work that the machine does
/// (which ports listen, who connects) is judged where that is seen.
/// </summary>
internal static class SysctlRules
{
    private const int Minute = 60;

    /// <summary>This value, whatever else is set.</summary>
    public static SysctlRule When(string key, long value, Severity severity, string reason)
        => settings => settings.Number(key) == value ? Say(key, settings, severity, reason) : null;

    public static SysctlRule Below(string key, long least, Severity severity, string reason)
        => settings => settings.Number(key) < least ? Say(key, settings, severity, reason) : null;

    /// <summary>Set to something, where nothing reads it.</summary>
    public static SysctlRule Useless(string key, string reason)
        => settings => SysctlCatalog.IsDefault(key, settings) == false ? Say(key, settings, Notice, reason) : null;

    public static SysctlJudgement? TimeWaitBuckets(HostSettings settings)
        => settings.Number("net.ipv4.tcp_max_tw_buckets") is { } limit && SysctlDefaults.HashEntries(settings) / 2 is { } usual && limit < usual
            ? Say("net.ipv4.tcp_max_tw_buckets", settings, Warning, $"Below the kernel's {usual}: above {limit} closed connections at a time, peers get resets and late data loses its guard.")
            : null;

    /// <summary>The part over a minute is waited twice, and the minute not at all (measured on 6.18).</summary>
    public static SysctlJudgement? FinTimeout(HostSettings settings)
        => settings.Number("net.ipv4.tcp_fin_timeout") is > Minute and < 2 * Minute and var seconds
            ? Say("net.ipv4.tcp_fin_timeout", settings, Notice, $"Between 61 and 119 Linux waits twice what exceeds 60: {seconds} means {2 * (seconds - Minute)} s.")
            : null;

    public static SysctlJudgement? Syncookies(HostSettings settings) => settings.Number("net.ipv4.tcp_syncookies") switch
    {
        0 => Say("net.ipv4.tcp_syncookies", settings, Warning, "Without cookies a flood of SYNs shuts a listener to everybody."),
        2 => Say("net.ipv4.tcp_syncookies", settings, Notice, "2 is for tests: every connection loses the options that do not fit into a cookie."),
        _ => null,
    };

    public static SysctlJudgement? SynBacklog(HostSettings settings)
        => settings.Number("net.ipv4.tcp_syncookies") is > 0 && settings.Number("net.ipv4.tcp_max_syn_backlog") is { } limit
            && SysctlDefaults.HashEntries(settings) is { } entries && limit > Math.Max(128, entries / 128)
            ? Say("net.ipv4.tcp_max_syn_backlog", settings, Notice, "Raised without effect: with tcp_syncookies on, the backlog that the program gave to listen() is the limit.")
            : null;

    public static SysctlJudgement? Retries2(HostSettings settings)
        => settings.Number("net.ipv4.tcp_retries2") is < 5
            ? Say("net.ipv4.tcp_retries2", settings, Notice, $"Live connections end after about {Seconds(settings)} s of silence; an outage of a link often lasts longer. RFC 1122 asks for 100 s.")
            : null;

    public static SysctlJudgement? RtoMax(HostSettings settings)
        => settings.Number("net.ipv4.tcp_rto_max_ms") is < 120_000 && settings.Number("net.ipv4.tcp_retries2") is <= 15
            ? Say("net.ipv4.tcp_rto_max_ms", settings, Notice, $"Lowered while tcp_retries2 was not raised: connections now end after about {Seconds(settings)} s without an answer.")
            : null;

    public static SysctlJudgement? OrphanRetries(HostSettings settings)
        => settings.Number("net.ipv4.tcp_orphan_retries") is 1 or 2
            ? Say("net.ipv4.tcp_orphan_retries", settings, Notice, "Connections that are closing are given up after about a second of silence, with the data not yet acknowledged.")
            : null;

    /// <summary>tcp_rmem and tcp_wmem: least, at the start, most.</summary>
    public static SysctlRule Buffer(string key) => settings => (settings.Number(key, 1), settings.Number(key, 2)) switch
    {
        ({ } start, { } most) when start > most => Say(key, settings, Notice, $"The size at the start, {start}, is above the most, {most}: buffers cannot grow."),
        (_, < 1_048_576 and var most) => Say(key, settings, Notice, $"At most {most} octets: a path of 100 ms is held to {most / 100_000.0:0.#} MB/s a connection."),
        _ => null,
    };

    /// <summary>The unit is pages; who took it for octets wrote numbers beyond the memory of the machine, and there is no limit any more.</summary>
    public static SysctlJudgement? Memory(HostSettings settings)
        => settings.MemoryBytes / settings.PageSizeBytes is { } pages && settings.Number("net.ipv4.tcp_mem", 2) is { } most && most > pages
            ? Say("net.ipv4.tcp_mem", settings, Notice, $"The limit of {most} pages is more than the {pages} pages of this machine: the unit is pages, not octets.")
            : null;

    public static SysctlJudgement? PortRange(HostSettings settings)
        => settings.Number("net.ipv4.ip_local_port_range", 0) is < 15_000 && settings["net.ipv4.ip_local_reserved_ports"] is null or ""
            ? Say("net.ipv4.ip_local_port_range", settings, Notice, "Begins among the ports of services, and none is reserved (ip_local_reserved_ports): an outgoing connection can take a listener's port.")
            : null;

    /// <summary>Without effect since 6.6; a kernel of 6.7 is told by a setting that came with it.</summary>
    public static SysctlJudgement? AdvWinScale(HostSettings settings)
        => settings["net.ipv4.tcp_backlog_ack_defer"] is not null && settings.Number("net.ipv4.tcp_adv_win_scale") is not (null or 1)
            ? Say("net.ipv4.tcp_adv_win_scale", settings, Notice, "Set without effect: since 6.6 the kernel measures the overhead of buffers.")
            : null;

    public static SysctlJudgement? ChallengeLimit(HostSettings settings)
        => SysctlCatalog.IsDefault("net.ipv4.tcp_challenge_ack_limit", settings) == false
            ? Say("net.ipv4.tcp_challenge_ack_limit", settings, Notice, "A limit that all connections share lets an attacker count them (CVE-2016-5696); every socket has one of its own anyway.")
            : null;

    public static SysctlJudgement? NoPmtuDiscovery(HostSettings settings)
        => settings.Number("net.ipv4.ip_no_pmtu_disc") is 1 or 2
            ? Say("net.ipv4.ip_no_pmtu_disc", settings, Notice, "Packets go out without DF and are cut on the way; it hides a black hole and costs throughput.")
            : null;

    public static SysctlJudgement? ConntrackEstablished(HostSettings settings)
        => settings.Number("net.netfilter.nf_conntrack_tcp_timeout_established") is < 7440
            ? Say("net.netfilter.nf_conntrack_tcp_timeout_established", settings, Notice, "Shorter than 2 h 4 min (RFC 5382): idle connections whose keepalive runs at 2 h lose their entry.")
            : null;

    public static SysctlJudgement? ConntrackMax(HostSettings settings)
        => settings.Number("net.netfilter.nf_conntrack_max") is { } most && settings.Number("net.netfilter.nf_conntrack_buckets") is > 0 and var buckets && most > 8 * buckets
            ? Say("net.netfilter.nf_conntrack_max", settings, Notice, $"{most} entries in {buckets} buckets: every packet walks long chains. Raise nf_conntrack_buckets with it.")
            : null;

    private static SysctlJudgement Say(string key, HostSettings settings, Severity severity, string reason)
        => new(severity, reason, SysctlCatalog.DefaultOf(key, settings));

    private static string Seconds(HostSettings settings)
        => TimerRules.Retransmission(key => settings[key]).Duration?.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture) ?? "?";
}
