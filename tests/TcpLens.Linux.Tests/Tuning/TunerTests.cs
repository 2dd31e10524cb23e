using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Tuning;

/// <summary>Real settings of a namespace of the test's own; the journal and the file are in a folder of its own.</summary>
public sealed class TunerTests : IDisposable
{
    private const string FinTimeout = "net.ipv4.tcp_fin_timeout";
    private const string Probes = "net.ipv4.tcp_keepalive_probes";

    private readonly TuneFolder _folder = new();
    private readonly TestNamespace _ns = new();
    private readonly SysctlReader _reader = new();

    private Tuner Tuner => new(_folder.Paths, TimeProvider.System);

    public void Dispose()
    {
        _ns.Dispose();
        _folder.Dispose();
    }

    [RootFact]
    public void A_change_is_made_and_taken_back_with_its_lines_in_the_file()
    {
        TuneEntry entry = Apply((FinTimeout, "60", "30"), (Probes, "9", "3"));

        Assert.Equal((TuneState.Applied, "30", "3"), (entry.State, Value(FinTimeout), Value(Probes)));
        Assert.Contains($"\n# tune 1, {DateTime.UtcNow:yyyy-MM-dd}: a test\n{FinTimeout} = 30\n", _folder.DropIn);
        Assert.Contains($"{Probes} = 3\n", _folder.DropIn);

        Assert.Equal(TuneState.Undone, Undo(entry).State);
        Assert.Equal(("60", "9"), (Value(FinTimeout), Value(Probes)));
        Assert.False(File.Exists(_folder.Paths.DropIn), "a file that says nothing is removed");
    }

    [RootFact]
    public void A_value_that_the_kernel_refuses_takes_the_first_back_too()
    {
        IOException failure = Assert.Throws<IOException>(() => Apply((FinTimeout, "60", "30"), (Probes, "9", "300")));

        Assert.Contains("EINVAL", failure.Message);
        Assert.Contains("nothing was changed", failure.Message);
        Assert.Equal(("60", "9", ""), (Value(FinTimeout), Value(Probes), _folder.DropIn));
        Assert.Equal(TuneState.RolledBack, Tuner.History()[1]!.State);
        Assert.Null(Tuner.History().Unfinished);
    }

    [RootFact]
    public void A_value_of_which_the_kernel_makes_another_is_no_success()
    {
        IOException failure = Assert.Throws<IOException>(() => Apply((FinTimeout, "60", "30"), (Probes, "9", "010")));

        Assert.Contains("the kernel made \"8\" of it", failure.Message);
        Assert.Equal(("60", "9"), (Value(FinTimeout), Value(Probes)));
    }

    [RootTheory]
    [InlineData("net.ipv4.ip_local_reserved_ports", "", "8081,8080")]
    [InlineData("net.ipv4.ip_local_port_range", "32768\t60999", "20000 40001")]
    public void What_the_kernel_prints_in_another_form_is_the_same(string key, string before, string set)
    {
        TuneEntry entry = Apply((key, before, set));
        Assert.Equal(TuneState.Applied, entry.State);
        Assert.True(SettingText.Same(key, Value(key), set));

        Undo(entry);
        Assert.Equal(before, Value(key));
    }

    [RootFact]
    public void A_setting_that_somebody_changed_since_the_plan_stops_it_before_it_begins()
    {
        _ns.SetSysctl(FinTimeout, "45");

        Assert.Contains("somebody else", Assert.Throws<IOException>(() => Apply((Probes, "9", "3"), (FinTimeout, "60", "30"))).Message);
        Assert.Equal(("45", "9"), (Value(FinTimeout), Value(Probes)));
        Assert.Empty(Tuner.History().Entries);
    }

    [RootFact]
    public void What_people_wrote_into_the_file_stays_and_an_earlier_line_of_ours_comes_back()
    {
        _folder.DropIn = "# mine\nnet.ipv4.tcp_sack = 1\n";
        Apply((FinTimeout, "60", "30"));
        string before = _folder.DropIn;
        TuneEntry second = Apply((FinTimeout, "30", "20"));
        Assert.Contains($"{FinTimeout} = 20", _folder.DropIn);
        Assert.DoesNotContain($"{FinTimeout} = 30", _folder.DropIn);

        Undo(second);

        Assert.Equal(before, _folder.DropIn);
        Assert.StartsWith("# mine\nnet.ipv4.tcp_sack = 1\n", before);
        Undo(Tuner.History()[1]!);
        Assert.Equal("# mine\nnet.ipv4.tcp_sack = 1\n", _folder.DropIn);
    }

    [RootFact]
    public void A_reason_of_several_lines_is_one_comment_and_sets_nothing()
    {
        Apply("because\nnet.ipv4.tcp_sack = 0\u2028kernel.panic = 1", (FinTimeout, "60", "30"));

        Assert.Equal(FinTimeout, Assert.Single(new SysctlFiles(_folder.Root).Read().Sources).Key);
    }

    [RootFact]
    public void Where_the_file_cannot_be_written_the_settings_go_back()
    {
        Directory.CreateDirectory(_folder.Paths.DropIn + "/in-the-way");

        Assert.Contains("nothing was changed", Assert.Throws<IOException>(() => Apply((FinTimeout, "60", "30"))).Message);
        Assert.Equal("60", Value(FinTimeout));
        Assert.Equal(TuneState.RolledBack, Tuner.History()[1]!.State);
    }

    [RootFact]
    public void Undo_knows_what_somebody_else_has_set_since()
    {
        TuneEntry entry = Apply((FinTimeout, "60", "30"), (Probes, "9", "3"));
        _ns.SetSysctl(FinTimeout, "45");

        UndoPlan plan = Tuner.PlanUndo(entry);

        Assert.True(plan.HasForeignChanges);
        Assert.Equal([("45", true), ("3", false)], plan.Steps.Select(step => (step.Now!, step.IsForeign)));
        TuneEntry undone = Tuner.Undo(plan, isByItself: true);
        Assert.Equal(("45", "9"), (Value(FinTimeout), Value(Probes)));
        Assert.Contains("left at 45", undone.Note);
    }

    [RootFact]
    public void A_plan_to_undo_that_is_out_of_date_does_nothing()
    {
        TuneEntry entry = Apply((FinTimeout, "60", "30"));
        UndoPlan plan = Tuner.PlanUndo(entry);
        _ns.SetSysctl(FinTimeout, "45");

        Assert.Throws<IOException>(() => Tuner.Undo(plan));
        Assert.Equal(("45", TuneState.Applied), (Value(FinTimeout), Tuner.History()[1]!.State));
    }

    [RootFact]
    public void After_a_restart_what_is_back_already_is_left_and_the_file_is_taken_back()
    {
        string onHost = _reader.Read(FinTimeout)!;
        _ns.SetSysctl(FinTimeout, onHost);
        Apply((FinTimeout, onHost, "30"));
        string journal = File.ReadAllText(_folder.Paths.Journal);
        File.WriteAllText(_folder.Paths.Journal, journal.Replace(Tuner.History()[1]!.Place.BootId, "another run", StringComparison.Ordinal).Replace("\"is_host\":false", "\"is_host\":true", StringComparison.Ordinal));
        TuneEntry entry = Tuner.History()[1]!;

        UndoPlan plan = Tuner.PlanUndo(entry);

        Assert.True(plan.IsAfterRestart);
        Assert.False(Assert.Single(plan.Steps).IsForeign, "the host has the value from before: nothing there is touched");
        Assert.Equal(TuneState.Undone, Tuner.Undo(plan).State);
        Assert.Equal("", _folder.DropIn);
    }

    [RootFact]
    public void A_namespace_that_is_gone_is_not_taken_for_one_with_its_number()
    {
        TuneEntry entry = Apply((FinTimeout, "60", "30"));
        using var other = new TestNamespace();
        uint inode = other.Run(NamespaceFinder.OwnNamespace);
        File.WriteAllText(_folder.Paths.Journal, File.ReadAllText(_folder.Paths.Journal).Replace($"\"inode\":{entry.Place.Inode}", $"\"inode\":{inode}", StringComparison.Ordinal));

        UndoPlan plan = Tuner.PlanUndo(Tuner.History()[1]!);

        Assert.Null(plan.Place);
        Assert.Equal(TuneState.Abandoned, Tuner.Undo(plan).State);
    }

    private TuneEntry Apply(params (string Key, string Before, string Set)[] changes) => Apply("a test", changes);

    private TuneEntry Apply(string reason, params (string Key, string Before, string Set)[] changes)
        => Tuner.Apply(new TuneRequest(Place(), [.. changes.Select(change => new TuneChange(change.Key, change.Before, change.Set))]) { Reason = reason, Persists = true });

    private TuneEntry Undo(TuneEntry entry) => Tuner.Undo(Tuner.PlanUndo(entry));

    private string? Value(string key) => _ns.Run(() => _reader.Read(key));

    private NetworkNamespace Place()
    {
        Assert.True(new NamespaceFinder().FindAll().TrySelect(_ns.Name, out IReadOnlyList<NetworkNamespace> chosen, out _));
        return chosen[0];
    }
}
