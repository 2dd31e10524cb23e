using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class UnsafeSysctlTests
{
    private const string Id = "unsafe-sysctl";

    [Fact]
    public void Linux_as_it_comes_is_safe() => Assert.Empty(new ExaminationBuilder().Examine(Id).Findings);

    [Theory]
    [InlineData(100_000, 10, true)]
    [InlineData(100_000, 5000, false)] // it opens connections too
    [InlineData(500, 0, false)]        // too few to say
    public void Reuse_of_ports_is_useless_to_who_only_accepts(int accepted, int opened, bool isFound)
    {
        ExaminationBuilder machine = new ExaminationBuilder().Setting("net.ipv4.tcp_tw_reuse", "1")
            .Counter("Tcp.PassiveOpens", accepted, accepted).Counter("Tcp.ActiveOpens", opened, opened);
        Assert.Equal(isFound, machine.Find(Id) is { Subject: "net.ipv4.tcp_tw_reuse", Severity: Severity.Notice });
    }

    [Theory]
    [InlineData("0.0.0.0:80", true)]
    [InlineData("127.0.0.1:80", false)]
    public void Without_cookies_only_a_listener_that_others_reach_is_in_danger(string listener, bool isFound)
        => Assert.Equal(isFound, new ExaminationBuilder().Setting("net.ipv4.tcp_syncookies", "0")
            .Now(Made.Socket(TcpState.Listen, listener, null, Made.Nginx, send: 128)).Find(Id) is { Severity: Severity.Warning });

    [Fact]
    public void The_file_that_sets_it_is_named()
    {
        Examination seen = new ExaminationBuilder().Setting("net.ipv4.tcp_fin_timeout", "65").Build() with
        {
            SettingSources =
            [
                new SettingSource("net.ipv4.tcp_fin_timeout", "30", "/etc/sysctl.d/10-old.conf", 3, IsEffective: false),
                new SettingSource("net.ipv4.tcp_fin_timeout", "65", "/etc/sysctl.d/99-tuning.conf", 7, IsEffective: true),
            ],
        };
        Finding finding = Assert.Single(Doctor.Examine(seen, new DoctorOptions { Only = [Id] }).Findings);
        Assert.Contains("set by /etc/sysctl.d/99-tuning.conf, line 7", finding.Evidence[0].Text);
        Assert.StartsWith("take line 7 out of /etc/sysctl.d/99-tuning.conf", finding.Remedies[0].Text);
    }

    [Fact]
    public void A_line_for_a_setting_that_Linux_removed_is_found()
    {
        Examination seen = new ExaminationBuilder().Build() with
        {
            SettingSources = [new SettingSource("net.ipv4.tcp_tw_recycle", "1", "/etc/sysctl.conf", 12, IsEffective: true)],
        };
        Finding finding = Assert.Single(Doctor.Examine(seen, new DoctorOptions { Only = [Id] }).Findings);
        Assert.Equal("unsafe-sysctl@net.ipv4.tcp_tw_recycle", finding.Id);
        Assert.Contains("/etc/sysctl.conf sets net.ipv4.tcp_tw_recycle = 1, which no longer exists", finding.Summary);
    }
}
