using System.Globalization;
using TcpLens.Observation;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>The settings of a host of ours by the names that Linux has for them; where it has none, or we do not have what it sets, nothing.</summary>
internal static class HostSysctls
{
    public static HostSettings Of(TcpHostSettings host)
    {
        TcpSettings tcp = host.Tcp;
        return new HostSettings(
        [
            Entry("net.ipv4.ip_local_port_range", $"{host.FirstPort}\t{host.LastPort}"),
            Entry("net.ipv4.ip_local_reserved_ports", ""),
            Entry("net.ipv4.tcp_ecn", tcp.RequestEcn ? 1 : tcp.AcceptEcn ? 2 : 0),
            Entry("net.ipv4.tcp_fin_timeout", Seconds(tcp.OrphanFinWait2)),
            Entry("net.ipv4.tcp_keepalive_time", Seconds(tcp.Options.KeepAliveIdle)),
            Entry("net.ipv4.tcp_keepalive_intvl", Seconds(tcp.Options.KeepAliveInterval)),
            Entry("net.ipv4.tcp_keepalive_probes", tcp.Options.KeepAliveProbes),
            Entry("net.ipv4.tcp_max_orphans", host.MaxOrphans),
            Entry("net.ipv4.tcp_max_syn_backlog", host.MaxHalfOpen),
            Entry("net.ipv4.tcp_max_tw_buckets", host.MaxTimeWaits),
            Entry("net.ipv4.tcp_orphan_retries", tcp.OrphanRetries),
            Entry("net.ipv4.tcp_retries2", tcp.DataRetries),
            Entry("net.ipv4.tcp_rfc1337", tcp.ProtectTimeWait ? 1 : 0),
            Entry("net.ipv4.tcp_sack", tcp.SelectiveAcknowledgment ? 1 : 0),
            Entry("net.ipv4.tcp_slow_start_after_idle", tcp.SlowStartAfterIdle ? 1 : 0),
            Entry("net.ipv4.tcp_synack_retries", tcp.SynAckRetries),
            Entry("net.ipv4.tcp_syncookies", (int)host.Cookies),
            Entry("net.ipv4.tcp_syn_retries", tcp.SynRetries),
            Entry("net.ipv4.tcp_timestamps", tcp.Timestamps ? 1 : 0),
            Entry("net.ipv4.tcp_tw_reuse", 2),
            Entry("net.ipv4.tcp_window_scaling", tcp.WindowScaling ? 1 : 0),
        ]);
    }

    private static KeyValuePair<string, string> Entry(string name, string value) => new(name, value);

    private static KeyValuePair<string, string> Entry(string name, long value) => new(name, value.ToString(CultureInfo.InvariantCulture));

    private static long Seconds(TimeSpan span) => (long)span.TotalSeconds;
}
