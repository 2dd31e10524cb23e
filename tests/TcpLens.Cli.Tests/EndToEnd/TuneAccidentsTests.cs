using System.Diagnostics;
using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>What goes wrong half-way: nothing is half applied without being told, nothing is lost, and the journal is true.</summary>
public sealed class TuneAccidentsTests : TuneFixture
{
    [RootFact]
    public void Killed_between_two_settings_the_next_tune_says_so_and_undo_puts_both_back()
    {
        using (var barrier = new WriteBarrier("75\n"))
        {
            using Process tune = StartBehind(barrier, "set", "tcp_fin_timeout=30", $"{Interval}=20", "--yes");
            Until.True(() => barrier.SomebodyWaits, "the second setting must be about to be written");
            Assert.Equal(("30", "75"), (Value(FinTimeout), Value(Interval)));
            Signals.Kill(tune.Id);
            Assert.True(tune.WaitForExit(Until.Patience));
        }

        Assert.Contains("change 1", Tune().EnsureSuccess().Error);
        Assert.Contains("was interrupted before its end", Tune("journal").EnsureSuccess().Error);
        CommandResult refused = Tune("set", "tcp_syn_retries=4", "--yes");
        Assert.Equal((1, "6"), (refused.ExitCode, Value("net.ipv4.tcp_syn_retries")));
        Assert.Contains("first: tcplens tune undo 1", refused.Error);

        Assert.Contains("Change 1 is taken back.", Tune("undo").EnsureSuccess().Output);
        Assert.Equal(("60", "75"), (Value(FinTimeout), Value(Interval)));
        Assert.Equal("", Tune().EnsureSuccess().Error);
        Tune("set", "tcp_syn_retries=4", "--yes").EnsureSuccess();
    }

    [RootFact]
    public void Killed_while_it_is_taken_back_undo_goes_on()
    {
        Tune("set", $"{Interval}=20", "tcp_fin_timeout=30", "--yes").EnsureSuccess();
        using (var barrier = new WriteBarrier("20\n"))
        {
            using Process undo = StartBehind(barrier, "undo");
            Until.True(() => barrier.SomebodyWaits, "the last setting must be about to be written");
            Assert.Equal(("60", "20"), (Value(FinTimeout), Value(Interval)));
            Signals.Kill(undo.Id);
            Assert.True(undo.WaitForExit(Until.Patience));
        }

        Assert.Contains("interrupted while it was taken back", Tune().EnsureSuccess().Error);
        Tune("undo").EnsureSuccess();
        Assert.Equal(("60", "75"), (Value(FinTimeout), Value(Interval)));
    }

    [RootFact]
    public void Somebody_who_looks_on_sees_a_change_under_way_and_not_an_interrupted_one()
    {
        using var barrier = new WriteBarrier("75\n");
        using Process tune = StartBehind(barrier, "set", $"{Interval}=20", "--yes");
        Until.True(() => barrier.SomebodyWaits, "the setting must be about to be written");

        Assert.Contains("right now", Tune().EnsureSuccess().Error);

        Signals.Kill(tune.Id);
        Assert.True(tune.WaitForExit(Until.Patience));
    }

    [RootFact]
    public void Ctrl_C_in_the_middle_lets_it_end()
    {
        using var barrier = new WriteBarrier("75\n");
        using Process tune = StartBehind(barrier, "set", "tcp_fin_timeout=30", $"{Interval}=20", "--yes");
        Until.True(() => barrier.SomebodyWaits, "the second setting must be about to be written");
        Signals.Interrupt(tune.Id);
        barrier.Dispose();

        Assert.True(tune.WaitForExit(Until.Patience));
        Assert.Equal((0, "30"), (tune.ExitCode, Value(FinTimeout)));
        Assert.Equal("in_force", Assert.Single(Changes()).Text("state"));
    }

    [RootFact]
    public void Where_proc_sys_is_read_only_one_line_says_so()
    {
        string[] line =
        [
            "-m", "sh", "-c", "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec \"$@\"",
            "sh", Tool.Path, "tune", "set", "tcp_fin_timeout=30", $"{Interval}=20", "--yes", "--root", Root,
        ];
        CommandResult result = new CommandRun("unshare", line) { Namespace = Namespace }.Execute();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("EROFS", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(("60", "75"), (Value(FinTimeout), Value(Interval)));
        Assert.Equal("failed", Assert.Single(Changes()).Text("state"));
    }

    [RootFact]
    public void A_torn_journal_is_told_and_the_rest_of_it_holds()
    {
        Tune("set", "tcp_fin_timeout=30", "--yes").EnsureSuccess();
        File.AppendAllText(Root + "/var/lib/tcplens/tune.journal", "{\"change\":2,\"ev");

        Assert.Contains("line 3 cannot be read", Tune().EnsureSuccess().Error);
        Tune("undo").EnsureSuccess();
        Assert.Equal(("60", "undone"), (Value(FinTimeout), Assert.Single(Changes()).Text("state")));
    }

    [RootFact]
    public void What_is_not_confirmed_goes_back_by_itself()
    {
        Tune("set", "tcp_fin_timeout=30", "--revert-after", "1s", "--yes").EnsureSuccess();
        JsonElement change = Assert.Single(Changes());
        int guardian = change.GetProperty("guardian_pid").GetInt32();

        Until.True(() => Assert.Single(Changes()).Text("state") == "undone", "the change must be taken back");
        Assert.Equal("60", Value(FinTimeout));
        Assert.Contains("by itself", Assert.Single(Changes()).Text("note"));
        Until.True(() => !Directory.Exists($"/proc/{guardian}"), "the guardian must end");
    }

    [RootFact]
    public void What_is_confirmed_stays_and_the_guardian_goes()
    {
        Tune("set", "tcp_fin_timeout=30", "--revert-after", "1h", "--yes").EnsureSuccess();
        int guardian = Assert.Single(Changes()).GetProperty("guardian_pid").GetInt32();
        Assert.True(Directory.Exists($"/proc/{guardian}"));

        Assert.Contains("Change 1 stays", Tune("confirm").EnsureSuccess().Output);

        Until.True(() => !Directory.Exists($"/proc/{guardian}"), "the guardian must end");
        Assert.Equal(("30", "in_force"), (Value(FinTimeout), Assert.Single(Changes()).Text("state")));
        Assert.Equal(2, Tune("confirm").ExitCode);
    }

    [RootFact]
    public void Without_its_guardian_a_change_is_overdue_and_that_is_said()
    {
        Tune("set", "tcp_fin_timeout=30", "--revert-after", "1s", "--yes").EnsureSuccess();
        Signals.Kill(Assert.Single(Changes()).GetProperty("guardian_pid").GetInt32());

        Until.True(() => Tune().EnsureSuccess().Error.Contains("was to be confirmed by", StringComparison.Ordinal), "it must be said that it is overdue");
        Assert.Equal("30", Value(FinTimeout));
        Tune("undo", "1").EnsureSuccess();
        Assert.Equal("60", Value(FinTimeout));
    }

    /// <summary>tcplens tune, where the file of the keep-alive interval is one at which a writer waits; every other setting is the kernel's.</summary>
    private Process StartBehind(WriteBarrier barrier, params string[] arguments)
    {
        string[] line =
        [
            "--default-signal=PIPE,INT", "unshare", "-m", "sh", "-c", "mount --bind \"$1\" /proc/sys/net/ipv4/tcp_keepalive_intvl && shift && exec \"$@\"",
            "sh", barrier.Path, Tool.Path, "tune", .. arguments, "--root", Root,
        ];
        return Namespace.Run(() => Process.Start(new ProcessStartInfo("env", line) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!);
    }
}
