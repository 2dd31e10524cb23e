namespace TcpLens.Linux.Tests.Tracing;

public sealed class TraceFsTests
{
    [RootFact]
    public void Where_it_is_not_mounted_it_is_used_all_the_same_and_nothing_is_mounted()
    {
        CommandResult result = TracingElsewhere.Start(asNobody: false, unmounts: true).EnsureSuccess();
        Assert.Equal("mounts before: 0", result.Lines[0]);
        Assert.Equal("formats: ", result.Lines[1]);
        Assert.Equal("mounts while tracing: 0", result.Lines[3]);
        Assert.Equal("seen: SynSent>Established", result.Lines[4]);
    }

    [RootFact]
    public void Without_privileges_every_missing_capability_is_named_and_how_to_do_without()
    {
        CommandResult result = TracingElsewhere.Start(asNobody: true, unmounts: true).EnsureSuccess();
        Assert.Equal("formats: tracefs is not mounted, and mounting it needs cap_sys_admin; as root: mount -t tracefs nodev /sys/kernel/tracing", result.Lines[1]);
        Assert.Equal(
            result.Lines[1].Replace("formats: ", "tracer: ") + "; and perf_event_open: it needs cap_perfmon (or cap_sys_admin), or kernel.perf_event_paranoid below 0",
            result.Lines[2]);
    }

    [RootFact]
    public void A_mount_that_is_for_root_only_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("tcplens").FullName;
        string place = Directory.CreateDirectory(Path.Combine(folder, "tracing")).FullName;
        string mounts = Path.Combine(folder, "mountinfo");
        CommandRun.Run("chmod", "a+rx", folder).EnsureSuccess();
        File.WriteAllText(mounts, $"43 27 0:13 / {place} rw,relatime - tracefs nodev rw\n");
        try
        {
            CommandRun.Run("mount", "-t", "tracefs", "nodev", place).EnsureSuccess();
            OwnThread.AsNobody(() =>
            {
                Assert.Null(TraceFs.TryOpen(out string? whyNot, mounts));
                Assert.StartsWith($"{place} cannot be read (EACCES)", whyNot);
                Assert.Contains("cap_dac_read_search", whyNot);
            });
            using TraceFs? found = TraceFs.TryOpen(out _, mounts);
            Assert.Equal(place, found?.Place);
        }
        finally
        {
            CommandRun.Run("umount", place).EnsureSuccess();
            Directory.Delete(folder, recursive: true);
        }
    }
}
