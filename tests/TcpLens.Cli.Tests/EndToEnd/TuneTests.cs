using System.Text.Json;
using System.Text.RegularExpressions;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>The real program on the settings of a namespace: planned, asked, set, taken back.</summary>
public sealed class TuneTests : TuneFixture
{
    [RootFact]
    public void A_change_says_how_to_take_it_back_and_that_works()
    {
        string said = Tune("set", "tcp_fin_timeout=30", $"{Interval}=20", "--reason", "a test", "--yes").EnsureSuccess().Output;

        Assert.Contains("To take it back: tcplens tune undo 1", said);
        Assert.Equal(("30", "20"), (Value(FinTimeout), Value(Interval)));
        Assert.Contains("Change 1 is taken back.", Tune("undo", "1").EnsureSuccess().Output);
        Assert.Equal(("60", "75"), (Value(FinTimeout), Value(Interval)));
        Assert.Equal(2, Tune("undo").ExitCode);
    }

    [RootFact]
    public void A_dry_run_shows_the_plan_and_leaves_no_trace()
    {
        JsonElement plan = Tool.Parse(Tune("set", "tcp_fin_timeout=90", "--dry-run", "--json").EnsureSuccess().Output);

        JsonElement setting = Assert.Single(plan.Items("settings"));
        Assert.Equal(("planned", "60", "90", "60", "notice"), (plan.Text("outcome"), setting.Text("before"), setting.Text("new"), setting.Text("default"), setting.Text("severity")));
        Assert.Equal("60", Value(FinTimeout));
        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [RootTheory]
    [InlineData("was removed in Linux 4.12", "net.ipv4.tcp_tw_recycle=1")]
    [InlineData("was removed in Linux 4.12", "tcp_tw_recycle=1")]
    [InlineData("did you mean net.ipv4.tcp_fin_timeout?", "net.ipv4.tcp_fin_timout=30")]
    [InlineData("did you mean net.ipv4.tcp_slow_start_after_idle?", "tcp_slow_start_after_idel=0")]
    [InlineData("sysctl -w 'kernel.pid_max=99'", "kernel.pid_max=99")]
    [InlineData("sysctl -w 'fs.file-max=99'", "/proc/sys/fs/file-max=99")]
    [InlineData("sysctl -w 'net.ipv4.ip_forward=1'", "net/ipv4/ip_forward=1")]
    [InlineData("is a secret", "net.ipv4.tcp_fastopen_key=0-0-0-0")]
    [InlineData("shows something and cannot be set", "tcp_available_congestion_control=reno")]
    [InlineData("one value for the whole host", "net.core.rmem_max=1")]
    [InlineData("one value for the whole host", "net.ipv4.tcp_mem=1 2 3")]
    [InlineData("say KEY=VALUE", "tcp_fin_timeout")]
    [InlineData("say KEY=VALUE", "=1")]
    [InlineData("given twice", "tcp_fin_timeout=1", "net.ipv4.tcp_fin_timeout=2")]
    [InlineData("say a time from 1s to 7d", "tcp_fin_timeout=1", "--revert-after", "soon")]
    [InlineData("say a time from 1s to 7d", "tcp_fin_timeout=1", "--revert-after", "8d")]
    public void What_cannot_be_set_is_refused_with_the_reason_and_nothing_is_changed(string says, params string[] words)
    {
        CommandResult result = Tune(["set", $"{Interval}=20", .. words, "--yes"]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(says, result.Error);
        Assert.Equal("75", Value(Interval));
        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [RootFact]
    public void Without_a_terminal_and_without_yes_nobody_is_asked_and_nothing_is_done()
    {
        CommandResult result = Tune("set", "tcp_fin_timeout=30");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("--yes", result.Error);
        Assert.Equal("60", Value(FinTimeout));
    }

    [RootTheory]
    [InlineData("y\n", "30")]
    [InlineData("n\n", "60")]
    [InlineData("\n", "60")]
    public void On_a_terminal_only_a_yes_is_one(string answer, string value)
    {
        CommandResult result = new CommandRun(Tool.Path, "tune", "set", "tcp_fin_timeout=30", "--root", Root) { Namespace = Namespace, TerminalColumns = 80, Input = answer }.Execute();

        Assert.Contains("Apply? [y/N]", result.Output);
        Assert.Equal(value, Value(FinTimeout));
    }

    [RootFact]
    public void A_value_that_the_kernel_refuses_leaves_everything_as_it_was()
    {
        CommandResult result = Tune("set", "tcp_fin_timeout=30", "tcp_synack_retries=300", "--yes");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("EINVAL", result.Error);
        Assert.Contains("nothing was changed", result.Error);
        Assert.Equal("60", Value(FinTimeout));
        Assert.Equal("failed", Assert.Single(Changes()).Text("state"));
    }

    [RootFact]
    public void A_setting_that_is_so_already_needs_no_change()
    {
        Assert.Contains("so already", Tune("set", "tcp_fin_timeout=60").EnsureSuccess().Output);
        Assert.Empty(Changes());
    }

    [RootFact]
    public void From_outside_the_values_of_host_and_namespace_stand_side_by_side()
    {
        Namespace.SetSysctl(FinTimeout, "17");
        string onHost = File.ReadAllText("/proc/sys/net/ipv4/tcp_fin_timeout").Trim();

        CommandResult result = TuneFromHost("set", "tcp_fin_timeout=30", "--netns", Namespace.Name, "--yes").EnsureSuccess();

        Assert.Contains(result.Lines, line => Regex.IsMatch(line, $"^{FinTimeout} +{onHost} +17 +30 ", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains("no file sets a namespace other than the host's", result.Output);
        Assert.Equal(("30", onHost), (Value(FinTimeout), File.ReadAllText("/proc/sys/net/ipv4/tcp_fin_timeout").Trim()));
        Assert.Contains("taken back", TuneFromHost("undo").EnsureSuccess().Output);
        Assert.Equal("17", Value(FinTimeout));
        Assert.False(Directory.Exists(Root + "/etc"));
    }

    [RootFact]
    public void Somebody_elses_value_is_shown_and_asked_about_before_it_goes()
    {
        Tune("set", "tcp_fin_timeout=30", "--yes").EnsureSuccess();
        Namespace.SetSysctl(FinTimeout, "45");

        CommandResult refused = Tune("undo");

        Assert.Equal(2, refused.ExitCode);
        Assert.Matches($@"{FinTimeout} +60 +30 +45 +set by somebody else since", refused.Output);
        Assert.Contains("add --yes", refused.Error);
        Assert.Equal("45", Value(FinTimeout));
        Tune("undo", "--yes").EnsureSuccess();
        Assert.Equal("60", Value(FinTimeout));
    }

    [RootFact]
    public void A_change_in_a_namespace_that_is_gone_is_marked_as_that()
    {
        using (var short_lived = new TestNamespace())
        {
            TuneFromHost("set", "tcp_fin_timeout=30", "--netns", short_lived.Name, "--yes").EnsureSuccess();
        }

        Assert.Equal(2, TuneFromHost("undo").ExitCode);
        Assert.Contains("marked as gone", TuneFromHost("undo", "--yes").EnsureSuccess().Output);
        Assert.Equal("namespace_gone", Assert.Single(Changes()).Text("state"));
    }

    [RootFact]
    public void Two_tunes_at_once_take_turns()
    {
        string[] keys = ["tcp_fin_timeout", "tcp_keepalive_intvl", "tcp_keepalive_probes", "tcp_syn_retries"];

        CommandResult[] results = [.. keys.AsParallel().WithDegreeOfParallelism(keys.Length).Select(key => Tune("set", $"{key}=7", "--yes"))];

        Assert.All(results, result => result.EnsureSuccess());
        JsonElement[] changes = Changes();
        Assert.Equal([1, 2, 3, 4], changes.Select(change => change.GetProperty("change").GetInt32()));
        Assert.All(changes, change => Assert.Equal("in_force", change.Text("state")));
        Assert.All(keys, key => Assert.Equal("7", Value("net.ipv4." + key)));
    }

    [RootFact]
    public void An_ordinary_user_is_told_in_one_line()
    {
        CommandResult result = new CommandRun(Tool.Path, "tune", "set", "tcp_fin_timeout=30", "--yes", "--root", Root) { Namespace = Namespace, Unprivileged = true }.Execute();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("run with sudo", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("60", Value(FinTimeout));
    }
}
