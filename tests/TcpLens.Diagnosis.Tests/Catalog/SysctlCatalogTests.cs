using TcpLens.Observation;

namespace TcpLens.Diagnosis.Tests;

public sealed class SysctlCatalogTests
{
    private const long GiB = 1L << 30;

    public static TheoryData<string> Keys => [.. SysctlCatalog.All.Select(page => page.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_page_says_what_it_does_since_when_and_what_a_change_risks(string key)
    {
        SysctlPage page = SysctlCatalog.Find(key)!;
        Assert.Equal(key, page.Key);
        Assert.EndsWith(".", page.Meaning);
        Assert.All(new[] { page.Since, page.TakesEffect, page.Risk }, Assert.NotEmpty);
        Assert.All(page.Myths.Append(page.Raising).Append(page.Lowering).Where(line => line.Length > 0), line => Assert.EndsWith(".", line));
    }

    [Fact]
    public void No_key_and_no_short_name_stands_twice()
    {
        Assert.Equal(SysctlCatalog.All.Count, SysctlCatalog.All.Select(page => page.Key).Distinct().Count());
        Assert.Equal(SysctlCatalog.All.Count, SysctlCatalog.All.Select(page => page.Name).Distinct().Count());
    }

    [Fact]
    public void Every_setting_that_is_read_has_a_page()
        => Assert.Equal([], HostSettings.NamespaceKeys.Concat(HostSettings.HostWideKeys).Where(key => SysctlCatalog.Find(key) is null));

    [Theory]
    [InlineData("tcp_fin_timeout")]
    [InlineData("TCP_FIN_TIMEOUT")]
    [InlineData("net.ipv4.tcp_fin_timeout")]
    [InlineData("net/ipv4/tcp_fin_timeout")]
    [InlineData("/proc/sys/net/ipv4/tcp_fin_timeout")]
    public void A_page_is_found_however_the_setting_is_written(string name)
        => Assert.Equal("net.ipv4.tcp_fin_timeout", SysctlCatalog.Find(name)?.Key);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("net.ipv4")]
    [InlineData("tcp_fin")]
    public void What_is_no_setting_has_no_page(string name) => Assert.Null(SysctlCatalog.Find(name));

    [Theory]
    [InlineData("tcp_max_tw_buckets", "131072")]
    [InlineData("tcp_max_orphans", "131072")]
    [InlineData("tcp_max_syn_backlog", "2048")]
    [InlineData("tcp_rmem", "4096 131072 33554432")]
    [InlineData("tcp_wmem", "4096 16384 4194304")]
    [InlineData("tcp_limit_output_bytes", "4194304")]
    [InlineData("rmem_max", "4194304")]
    [InlineData("tcp_fin_timeout", "60")]
    [InlineData("ip_local_reserved_ports", "")]
    [InlineData("tcp_mem", null)]
    [InlineData("tcp_congestion_control", null)]
    [InlineData("tcp_tw_recycle", null)]
    [InlineData("tcp_ehash_entries", null)]
    [InlineData("no_such_setting", null)]
    public void Defaults_follow_from_the_machine(string name, string? value)
        => Assert.Equal(value, SysctlCatalog.DefaultOf(name, Machine(24 * GiB, ("net.ipv4.tcp_ehash_entries", "-262144"), ("net.ipv4.tcp_ecn_option", "2"))));

    [Fact]
    public void An_older_kernel_has_smaller_buffers_and_between_the_two_it_cannot_be_told()
    {
        (string, string) hash = ("net.ipv4.tcp_ehash_entries", "65536");
        Assert.Equal("4096 131072 6291456", SysctlCatalog.DefaultOf("tcp_rmem", Machine(24 * GiB, hash)));
        Assert.Equal("212992", SysctlCatalog.DefaultOf("rmem_max", Machine(24 * GiB, hash)));
        Assert.Null(SysctlCatalog.DefaultOf("tcp_rmem", Machine(24 * GiB, hash, ("net.ipv4.tcp_rto_max_ms", "120000"))));
        Assert.Null(SysctlCatalog.DefaultOf("tcp_rmem", Machine(GiB / 2, hash)));
        Assert.Null(SysctlCatalog.DefaultOf("tcp_max_tw_buckets", Machine(24 * GiB)));
        Assert.Equal("128", SysctlCatalog.DefaultOf("tcp_max_syn_backlog", Machine(GiB, ("net.ipv4.tcp_ehash_entries", "8192"))));
    }

    [Fact]
    public void Tabs_and_blanks_are_the_same_where_a_value_is_compared_with_its_default()
    {
        Assert.True(SysctlCatalog.IsDefault("ip_local_port_range", Machine(GiB, ("net.ipv4.ip_local_port_range", "32768\t60999"))) is null);
        Assert.True(SysctlCatalog.IsDefault("net.ipv4.ip_local_port_range", Machine(GiB, ("net.ipv4.ip_local_port_range", "32768\t60999"))));
        Assert.False(SysctlCatalog.IsDefault("net.ipv4.ip_local_port_range", Machine(GiB, ("net.ipv4.ip_local_port_range", "1024\t60999"))));
        Assert.Null(SysctlCatalog.IsDefault("net.ipv4.tcp_fin_timeout", Machine(GiB)));
    }

    [Theory]
    [InlineData("net.ipv4.tcp_max_tw_buckets", "5000", Severity.Warning)]
    [InlineData("net.ipv4.tcp_fin_timeout", "61", Severity.Notice)]
    [InlineData("net.ipv4.tcp_fin_timeout", "119", Severity.Notice)]
    [InlineData("net.ipv4.tcp_timestamps", "0", Severity.Notice)]
    [InlineData("net.ipv4.tcp_sack", "0", Severity.Notice)]
    [InlineData("net.ipv4.tcp_window_scaling", "0", Severity.Warning)]
    [InlineData("net.ipv4.tcp_syncookies", "0", Severity.Warning)]
    [InlineData("net.ipv4.tcp_syncookies", "2", Severity.Notice)]
    [InlineData("net.ipv4.tcp_abort_on_overflow", "1", Severity.Notice)]
    [InlineData("net.ipv4.tcp_retries2", "3", Severity.Notice)]
    [InlineData("net.ipv4.tcp_orphan_retries", "1", Severity.Notice)]
    [InlineData("net.ipv4.tcp_rmem", "4096\t87380\t524288", Severity.Notice)]
    [InlineData("net.ipv4.tcp_wmem", "4096\t8388608\t4194304", Severity.Notice)]
    [InlineData("net.ipv4.tcp_mem", "8388608\t12582912\t16777216", Severity.Notice)]
    [InlineData("net.ipv4.tcp_moderate_rcvbuf", "0", Severity.Notice)]
    [InlineData("net.ipv4.tcp_no_metrics_save", "1", Severity.Notice)]
    [InlineData("net.core.somaxconn", "128", Severity.Notice)]
    [InlineData("net.ipv4.tcp_max_syn_backlog", "65536", Severity.Notice)]
    [InlineData("net.ipv4.ip_local_port_range", "1024\t65535", Severity.Notice)]
    [InlineData("net.ipv4.tcp_tw_recycle", "1", Severity.Warning)]
    [InlineData("net.ipv4.tcp_mtu_probing", "2", Severity.Notice)]
    [InlineData("net.ipv4.tcp_rto_max_ms", "10000", Severity.Notice)]
    [InlineData("net.ipv4.tcp_low_latency", "1", Severity.Notice)]
    [InlineData("net.ipv4.tcp_fack", "1", Severity.Notice)]
    [InlineData("net.ipv4.tcp_adv_win_scale", "2", Severity.Notice)]
    [InlineData("net.ipv4.tcp_challenge_ack_limit", "1000", Severity.Notice)]
    [InlineData("net.ipv4.ip_no_pmtu_disc", "1", Severity.Notice)]
    [InlineData("net.netfilter.nf_conntrack_tcp_timeout_established", "600", Severity.Notice)]
    [InlineData("net.netfilter.nf_conntrack_max", "16777216", Severity.Notice)]
    public void An_unsafe_value_is_judged_and_its_default_is_not(string key, string value, Severity severity)
    {
        SysctlJudgement? judgement = SysctlCatalog.Judge(key, Usual((key, value)));
        Assert.Equal(severity, judgement?.Severity);
        Assert.EndsWith(".", judgement!.Reason);
        Assert.NotEqual(SysctlCatalog.Normal(value), judgement.Recommended);
        Assert.Null(SysctlCatalog.Judge(key, Usual()));
    }

    [Theory]
    [InlineData("net.ipv4.tcp_fin_timeout", "60")]
    [InlineData("net.ipv4.tcp_fin_timeout", "15")]
    [InlineData("net.ipv4.tcp_fin_timeout", "120")]
    [InlineData("net.ipv4.tcp_max_tw_buckets", "262144")]
    [InlineData("net.ipv4.tcp_tw_reuse", "1")]
    [InlineData("net.ipv4.tcp_retries2", "8")]
    [InlineData("net.ipv4.tcp_mtu_probing", "1")]
    [InlineData("net.ipv4.tcp_orphan_retries", "3")]
    [InlineData("net.core.somaxconn", "65535")]
    [InlineData("net.ipv4.ip_local_port_range", "15000\t65000")]
    [InlineData("net.ipv4.tcp_keepalive_time", "300")]
    [InlineData("net.netfilter.nf_conntrack_tcp_timeout_established", "86400")]
    public void A_sensible_change_is_not_judged(string key, string value) => Assert.Null(SysctlCatalog.Judge(key, Usual((key, value))));

    [Fact]
    public void A_wide_range_with_reserved_ports_and_a_shorter_timeout_with_more_retries_are_sensible()
    {
        Assert.Null(SysctlCatalog.Judge("net.ipv4.ip_local_port_range", Usual(("net.ipv4.ip_local_port_range", "1024\t65535"), ("net.ipv4.ip_local_reserved_ports", "8080"))));
        Assert.Null(SysctlCatalog.Judge("net.ipv4.tcp_rto_max_ms", Usual(("net.ipv4.tcp_rto_max_ms", "10000"), ("net.ipv4.tcp_retries2", "99"))));
        Assert.Null(SysctlCatalog.Judge("net.ipv4.tcp_max_syn_backlog", Usual(("net.ipv4.tcp_max_syn_backlog", "65536"), ("net.ipv4.tcp_syncookies", "0"))));
    }

    [Fact]
    public void A_machine_that_tells_nothing_is_not_judged()
        => Assert.All(SysctlCatalog.All, page => Assert.Null(SysctlCatalog.Judge(page.Key, Machine(24 * GiB))));

    [Fact]
    public void The_seconds_that_a_setting_really_means_are_in_the_reason()
    {
        Assert.Contains("90 means 60 s", SysctlCatalog.Judge("net.ipv4.tcp_fin_timeout", Usual(("net.ipv4.tcp_fin_timeout", "90")))!.Reason);
        Assert.Contains("about 3 s", SysctlCatalog.Judge("net.ipv4.tcp_retries2", Usual(("net.ipv4.tcp_retries2", "3")))!.Reason);
    }

    /// <summary>A machine with 24 GiB as Linux 6.18 leaves it, with some settings changed.</summary>
    private static HostSettings Usual(params (string Key, string Value)[] changed)
    {
        (string, string)[] usual =
        [
            ("net.ipv4.tcp_ehash_entries", "262144"), ("net.ipv4.tcp_ecn_option", "2"), ("net.ipv4.tcp_backlog_ack_defer", "1"), ("net.ipv4.tcp_comp_sack_nr", "44"),
            ("net.ipv4.tcp_syncookies", "1"), ("net.ipv4.tcp_retries2", "15"), ("net.ipv4.tcp_rto_max_ms", "120000"), ("net.ipv4.tcp_rto_min_us", "200000"),
            ("net.netfilter.nf_conntrack_buckets", "262144"), ("net.ipv4.ip_local_reserved_ports", ""),
        ];
        IEnumerable<(string, string)> defaults = SysctlCatalog.All.Where(page => page.Rule is not null && !page.IsRemoved)
            .Select(page => (page.Key, SysctlCatalog.DefaultOf(page.Key, Machine(24 * GiB, usual)) ?? "287898 383867 575796"));
        return Machine(24 * GiB, [.. usual, .. defaults, .. changed]);
    }

    private static HostSettings Machine(long memory, params (string Key, string Value)[] values)
        => new(values.Select(pair => new KeyValuePair<string, string>(pair.Key, pair.Value))) { MemoryBytes = memory };
}
