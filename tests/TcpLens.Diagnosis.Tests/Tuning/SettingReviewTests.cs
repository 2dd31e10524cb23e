using TcpLens.Observation;

namespace TcpLens.Diagnosis.Tests.Tuning;

public sealed class SettingReviewTests
{
    private const string FinTimeout = "net.ipv4.tcp_fin_timeout";

    [Fact]
    public void The_risky_comes_first_then_what_differs_then_the_rest()
    {
        IReadOnlyList<ReviewedSetting> reviewed = Review([("net.ipv4.tcp_sack", "1"), ("net.ipv4.tcp_retries1", "4"), ("net.ipv4.tcp_syncookies", "0"), (FinTimeout, "60")]);

        Assert.Equal(["net.ipv4.tcp_syncookies", "net.ipv4.tcp_retries1", FinTimeout, "net.ipv4.tcp_sack"], reviewed.Select(setting => setting.Key));
        Assert.Equal((Severity.Warning, "1", true), (reviewed[0].Severity, reviewed[0].Recommended, reviewed[0].Differs));
    }

    [Theory]
    [InlineData("net.ipv4.tcp_tw_recycle", "removed in Linux 4.12")]
    [InlineData("net.ipv4.tcp_invented", "no such setting")]
    public void A_line_about_what_this_kernel_does_not_have_is_said(string key, string says)
    {
        ReviewedSetting setting = Assert.Single(Review([], new SettingSource(key, "1", "/etc/sysctl.d/x.conf", 3, IsEffective: true)));

        Assert.Null(setting.Value);
        Assert.Null(setting.Differs);
        Assert.Contains(says, setting.Remark);
    }

    [Fact]
    public void Lines_that_decide_nothing_or_are_about_other_things_are_left_out()
    {
        IReadOnlyList<ReviewedSetting> reviewed = Review(
            [(FinTimeout, "60")],
            new SettingSource(FinTimeout, "10", "/a", 1, IsEffective: false), new SettingSource(FinTimeout, "60", "/b", 1, IsEffective: true),
            new SettingSource("kernel.panic", "1", "/b", 2, IsEffective: true));

        Assert.Equal(("/b", false), (Assert.Single(reviewed).Source!.Path, reviewed[0].IsUnlikeFile));
    }

    [Fact]
    public void What_only_shows_something_is_no_setting()
        => Assert.Empty(Review([("net.ipv4.tcp_available_congestion_control", "reno"), ("net.netfilter.nf_conntrack_count", "1"), ("kernel.osrelease", "6")]));

    [Fact]
    public void A_planned_value_is_judged_with_the_others_of_the_plan()
    {
        HostSettings after = new([new(FinTimeout, "90")]);
        PlannedChange change = PlannedChange.Of(new SettingChange(FinTimeout, "90"), "60", after);

        Assert.Equal(("60", Severity.Notice, false), (change.Default, change.Judgement!.Severity, change.IsSo));
        Assert.NotNull(change.TakesEffect);
        Assert.NotNull(change.Risk);
    }

    [Theory]
    [InlineData("net.ipv4.tcp_fin_timeout", true)]
    [InlineData("net.ipv4.ip_local_port_range", true)]
    [InlineData("net.core.somaxconn", true)]
    [InlineData("net.core.rmem_max", true)]
    [InlineData("net.netfilter.nf_conntrack_max", true)]
    [InlineData("net.ipv4.ip_forward", false)]
    [InlineData("net.ipv4.conf.all.rp_filter", false)]
    [InlineData("net.ipv4.tcp_fastopen_key", false)]
    [InlineData("net.ipv4.tcp_available_congestion_control", false)]
    [InlineData("net.core.bpf_jit_enable", false)]
    [InlineData("kernel.core_pattern", false)]
    [InlineData("fs.file-max", false)]
    public void Only_settings_of_TCP_and_the_network_below_it_may_be_changed(string key, bool may)
    {
        Assert.Equal(may, Tunable.Includes(key));
        Assert.Equal(may, Tunable.Refusal(key, "1") is null);
    }

    private static IReadOnlyList<ReviewedSetting> Review((string Key, string Value)[] settings, params SettingSource[] sources)
        => SettingReview.Of(new HostSettings(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))), sources);
}
