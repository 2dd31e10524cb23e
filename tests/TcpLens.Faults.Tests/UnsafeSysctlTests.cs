using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class UnsafeSysctlTests
{
    [RootFact]
    [Scenario("unsafe-sysctl", "no window scaling, 61 s for FIN_WAIT_2", "unsafe-sysctl")]
    public void Each_setting_is_told_with_the_value_to_go_back_to()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.tcp_window_scaling", "0");
        stage.Namespace.SetSysctl("net.ipv4.tcp_fin_timeout", "61");

        Diagnosed found = stage.Diagnose("200ms").AsAnnounced();
        Assert.Equal("unsafe-sysctl@net.ipv4.tcp_window_scaling unsafe-sysctl@net.ipv4.tcp_fin_timeout", found.Tree());
        Assert.Equal("warning", found.Of("unsafe-sysctl").Text("severity"));
        JsonElement fin = found.Findings.Single(static finding => finding.Text("subject") == "net.ipv4.tcp_fin_timeout");
        JsonElement remedy = fin.Items("remedies").First(static remedy => remedy.Text("kind") == "setting");
        Assert.Equal("net.ipv4.tcp_fin_timeout = 61", remedy.Text("undo"));
    }

    [RootFact]
    [Scenario("unsafe-sysctl", "settings that differ from Linux's and are safe")]
    public void A_value_of_ones_own_choice_is_no_fault()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.tcp_keepalive_time", "300");
        stage.Namespace.SetSysctl("net.ipv4.tcp_fin_timeout", "30");
        stage.Namespace.SetSysctl("net.ipv4.tcp_tw_reuse", "1");
        stage.Namespace.SetSysctl("net.ipv4.tcp_slow_start_after_idle", "0");
        stage.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "20000 60999");
        stage.Namespace.SetSysctl("net.ipv4.tcp_max_tw_buckets", "262144");
        stage.Namespace.SetSysctl("net.core.somaxconn", "65535");

        stage.Diagnose("200ms").AsAnnounced();
    }
}
