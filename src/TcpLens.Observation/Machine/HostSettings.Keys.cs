namespace TcpLens.Observation;

/// <summary>Which settings are read. Each explains a state, a timer, a limit or a counter; the catalogue says how.</summary>
public sealed partial class HostSettings
{
    /// <summary>One value for the whole host; most of them are absent in namespaces other than the first.</summary>
    public static IReadOnlyList<string> HostWideKeys { get; } =
    [
        "fs.file-max", "fs.file-nr", "fs.nr_open",
        "net.core.default_qdisc", "net.core.netdev_max_backlog", "net.core.rmem_max", "net.core.wmem_max",
        "net.ipv4.tcp_allowed_congestion_control", "net.ipv4.tcp_low_latency", "net.ipv4.tcp_max_orphans", "net.ipv4.tcp_mem",
        "net.netfilter.nf_conntrack_buckets", "net.netfilter.nf_conntrack_max",
    ];

    /// <summary>A value for every network namespace.</summary>
    public static IReadOnlyList<string> NamespaceKeys { get; } =
    [
        "net.core.somaxconn",
        "net.ipv4.icmp_ratelimit", "net.ipv4.ip_autobind_reuse", "net.ipv4.ip_forward", "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_port_step_width", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_no_pmtu_disc",
        "net.ipv4.ip_nonlocal_bind", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_abort_on_overflow", "net.ipv4.tcp_adv_win_scale", "net.ipv4.tcp_app_win", "net.ipv4.tcp_autocorking",
        "net.ipv4.tcp_available_congestion_control", "net.ipv4.tcp_backlog_ack_defer", "net.ipv4.tcp_base_mss",
        "net.ipv4.tcp_challenge_ack_limit", "net.ipv4.tcp_child_ehash_entries", "net.ipv4.tcp_comp_sack_delay_ns",
        "net.ipv4.tcp_comp_sack_nr", "net.ipv4.tcp_comp_sack_rtt_percent", "net.ipv4.tcp_comp_sack_slack_ns",
        "net.ipv4.tcp_congestion_control", "net.ipv4.tcp_dsack", "net.ipv4.tcp_early_demux", "net.ipv4.tcp_early_retrans",
        "net.ipv4.tcp_ecn", "net.ipv4.tcp_ecn_fallback", "net.ipv4.tcp_ecn_option", "net.ipv4.tcp_ecn_option_beacon",
        "net.ipv4.tcp_ehash_entries", "net.ipv4.tcp_fack", "net.ipv4.tcp_fastopen",
        "net.ipv4.tcp_fastopen_blackhole_timeout_sec", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_frto",
        "net.ipv4.tcp_invalid_ratelimit", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_l3mdev_accept", "net.ipv4.tcp_limit_output_bytes",
        "net.ipv4.tcp_max_reordering", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_max_tw_buckets",
        "net.ipv4.tcp_migrate_req", "net.ipv4.tcp_min_rtt_wlen", "net.ipv4.tcp_min_snd_mss", "net.ipv4.tcp_min_tso_segs",
        "net.ipv4.tcp_moderate_rcvbuf", "net.ipv4.tcp_mtu_probe_floor", "net.ipv4.tcp_mtu_probing",
        "net.ipv4.tcp_no_metrics_save", "net.ipv4.tcp_no_ssthresh_metrics_save", "net.ipv4.tcp_notsent_lowat",
        "net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_pacing_ca_ratio", "net.ipv4.tcp_pacing_ss_ratio",
        "net.ipv4.tcp_pingpong_thresh", "net.ipv4.tcp_plb_enabled", "net.ipv4.tcp_probe_interval",
        "net.ipv4.tcp_probe_threshold", "net.ipv4.tcp_rcvbuf_low_rtt", "net.ipv4.tcp_recovery", "net.ipv4.tcp_reflect_tos",
        "net.ipv4.tcp_reordering", "net.ipv4.tcp_retrans_collapse", "net.ipv4.tcp_retries1", "net.ipv4.tcp_retries2",
        "net.ipv4.tcp_rfc1337", "net.ipv4.tcp_rmem", "net.ipv4.tcp_rto_max_ms", "net.ipv4.tcp_rto_min_us",
        "net.ipv4.tcp_sack", "net.ipv4.tcp_shrink_window", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_stdurg",
        "net.ipv4.tcp_syn_linear_timeouts", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_synack_retries",
        "net.ipv4.tcp_syncookies", "net.ipv4.tcp_thin_linear_timeouts", "net.ipv4.tcp_timestamps",
        "net.ipv4.tcp_tso_rtt_log", "net.ipv4.tcp_tso_win_divisor", "net.ipv4.tcp_tw_recycle", "net.ipv4.tcp_tw_reuse",
        "net.ipv4.tcp_tw_reuse_delay", "net.ipv4.tcp_window_scaling", "net.ipv4.tcp_wmem",
        "net.ipv4.tcp_workaround_signed_windows",
        "net.ipv6.bindv6only", "net.ipv6.conf.all.disable_ipv6", "net.mptcp.enabled",
        "net.netfilter.nf_conntrack_count", "net.netfilter.nf_conntrack_tcp_be_liberal", "net.netfilter.nf_conntrack_tcp_loose",
        "net.netfilter.nf_conntrack_tcp_max_retrans", "net.netfilter.nf_conntrack_tcp_timeout_close",
        "net.netfilter.nf_conntrack_tcp_timeout_close_wait", "net.netfilter.nf_conntrack_tcp_timeout_established",
        "net.netfilter.nf_conntrack_tcp_timeout_fin_wait", "net.netfilter.nf_conntrack_tcp_timeout_last_ack",
        "net.netfilter.nf_conntrack_tcp_timeout_max_retrans", "net.netfilter.nf_conntrack_tcp_timeout_syn_recv",
        "net.netfilter.nf_conntrack_tcp_timeout_syn_sent", "net.netfilter.nf_conntrack_tcp_timeout_time_wait",
        "net.netfilter.nf_conntrack_tcp_timeout_unacknowledged",
    ];

    public static bool IsHostWide(string key) => HostWideKeys.Contains(key, StringComparer.Ordinal);
}
