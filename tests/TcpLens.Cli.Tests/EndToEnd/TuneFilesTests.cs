using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>Files under /etc: what they set, what is said about it, and the one that tune writes. On the host only values that are so already are set.</summary>
public sealed class TuneFilesTests : TuneFixture
{
    private static string OnHost => File.ReadAllText("/proc/sys/net/ipv4/tcp_fin_timeout").Trim();

    [RootFact]
    public void A_line_about_a_removed_setting_is_the_first_thing_said()
    {
        Write("/etc/sysctl.d/10-old.conf", "# from a blog\nnet.ipv4.tcp_tw_recycle = 1\n");

        CommandResult result = TuneFromHost().EnsureSuccess();

        Assert.Matches("^notice +net.ipv4.tcp_tw_recycle does not exist here, set by /etc/sysctl.d/10-old.conf:2. It was removed in Linux 4.12", result.Lines[0]);
        JsonElement first = Tool.Parse(TuneFromHost("--json").EnsureSuccess().Output).Items("settings")[0];
        Assert.Equal(("net.ipv4.tcp_tw_recycle", "/etc/sysctl.d/10-old.conf", 2), (first.Text("key"), first.Text("file"), first.GetProperty("line").GetInt32()));
        Assert.Equal(JsonValueKind.Null, first.GetProperty("value").ValueKind);
    }

    [RootFact]
    public void What_is_risky_comes_before_what_only_differs()
    {
        Namespace.SetSysctl("net.ipv4.tcp_syncookies", "0");
        Namespace.SetSysctl("net.ipv4.tcp_keepalive_time", "600");

        CommandResult result = Tune().EnsureSuccess();

        Assert.Matches("^warning +net.ipv4.tcp_syncookies is 0 .the kernel's default is 1.", result.Lines[0]);
        Assert.Contains(result.Lines, line => line.StartsWith("net.ipv4.tcp_keepalive_time ", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Lines, line => line.StartsWith(FinTimeout, StringComparison.Ordinal));
        Assert.Contains(Tune("--all").EnsureSuccess().Lines, line => line.StartsWith(FinTimeout, StringComparison.Ordinal));
    }

    [RootFact]
    public void A_value_that_is_not_what_the_file_says_is_named()
    {
        Write("/etc/sysctl.d/10-x.conf", $"{FinTimeout} = {OnHost}1\n");

        Assert.Contains($"not by /etc/sysctl.d/10-x.conf:1, which says {OnHost}1", TuneFromHost().EnsureSuccess().Output);
    }

    [RootFact]
    public void A_change_of_the_host_has_its_line_with_the_reason_and_undo_takes_it_out()
    {
        TuneFromHost("set", $"{FinTimeout}={OnHost}", "--reason", "keep it", "--yes").EnsureSuccess();
        Assert.Matches($"\n# tune 1, .*: keep it\n{FinTimeout} = {OnHost}\n$", File.ReadAllText(Root + "/etc/sysctl.d/90-tcplens.conf"));

        TuneFromHost("undo").EnsureSuccess();
        Assert.Empty(Directory.GetFiles(Root + "/etc/sysctl.d"));
    }

    [RootFact]
    public void No_persist_writes_no_file()
    {
        Assert.Contains("so already", TuneFromHost("set", $"{FinTimeout}={OnHost}", "--no-persist", "--yes").EnsureSuccess().Output);
        Assert.False(Directory.Exists(Root + "/etc"));
    }

    [RootFact]
    public void A_file_that_has_the_last_word_at_boot_is_named_before()
    {
        Write("/etc/sysctl.d/99-theirs.conf", $"{FinTimeout} = {OnHost}1\n");

        JsonElement plan = Tool.Parse(TuneFromHost("set", $"{FinTimeout}={OnHost}", "--dry-run", "--json").EnsureSuccess().Output);

        Assert.Equal("/etc/sysctl.d/99-theirs.conf:1", Assert.Single(plan.Items("settings")).Text("overruled_by"));
        Assert.Contains("applied after /etc/sysctl.d/90-tcplens.conf", TuneFromHost("set", $"{FinTimeout}={OnHost}", "--dry-run").EnsureSuccess().Output);
    }
}
