namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>tcplens capture --rotate and --trigger: files after the first.</summary>
public sealed class CaptureRotationTests
{
    [RootFact]
    public void Files_hold_so_many_packets_and_the_newest_are_kept()
    {
        using var scene = new CaptureScene();
        scene.Client.Churn(scene.Server, perSecond: 200, TimeSpan.FromSeconds(60));
        string[] files = Files(scene, "--rotate", "10packets,3files", "--count", "95", "tcp");

        Assert.Equal(["r-00008.pcapng", "r-00009.pcapng", "r-00010.pcapng"], files);
        Assert.Equal([10, 10, 5], files.Select(file => CaptureScene.Count(scene[file])));
    }

    [RootFact]
    public void No_file_is_larger_than_it_may_be_and_no_packet_is_missing()
    {
        using var scene = new CaptureScene();
        scene.Client.Churn(scene.Server, perSecond: 500, TimeSpan.FromSeconds(60));
        string[] files = Files(scene, "--rotate", "10kB", "--count", "1000", "tcp");

        Assert.InRange(files.Length, 8, 100);
        Assert.All(files, file => Assert.InRange(new FileInfo(scene[file]).Length, 1, 10_000));
        Assert.Equal(1000, files.Sum(file => CaptureScene.Count(scene[file])));
    }

    [RootFact]
    public void A_file_ends_when_its_time_is_over()
    {
        using var scene = new CaptureScene();
        scene.Client.Churn(scene.Server, perSecond: 100, TimeSpan.FromSeconds(60));
        string[] files = Files(scene, "--rotate", "500ms", "--duration", "1800ms", "tcp");

        Assert.InRange(files.Length, 3, 5);
        Assert.All(files, file => Assert.InRange(SpanOf(scene[file]), 0, 0.5));
    }

    [RootFact]
    public void A_trigger_writes_what_was_before_it_and_says_why()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("-w", scene["t.pcapng"], "--trigger", "refused", "--after", "100ms", "tcp");
        scene.Converse();
        Assert.False(File.Exists(scene["t.pcapng"]));
        scene.BeRefused();
        Assert.Equal(0, tool.WaitForExit());

        string[] packets = CommandRun.Run("tcpdump", "-nn", "-r", scene["t.pcapng"]).EnsureSuccess().Lines;
        Assert.Contains(packets, static line => line.Contains("Flags [F.]"));
        Assert.Contains("Flags [R.]", packets[^1]);
        Assert.Contains("refused: connection refused on connection 2", CommandRun.Run("capinfos", "-M", scene["t.pcapng"]).Output);
        Assert.Contains(tool.Lines, static line => line.Contains("UTC: connection refused on connection 2, segment 10.66.0.2:9 > 10.66.0.1:"));
    }

    [RootFact]
    public void Only_so_much_before_the_trigger_is_written_and_again_makes_a_second_file()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("-w", scene["t.pcapng"], "--trigger", "refused", "--before", "1ms", "--after", "1ms", "--trigger-again", "tcp");
        scene.Converse();
        Until.True(() => Again(scene["t-00001.pcapng"]), "the first firing");
        Until.True(() => Again(scene["t-00002.pcapng"]), "the second firing");
        Signals.Interrupt(tool.Pid);
        tool.WaitForExit();

        Assert.All(new[] { "t-00001.pcapng", "t-00002.pcapng" }, file => Assert.Contains("Flags [R.]", string.Join('\n', CaptureScene.Packets(scene[file]))));
        Assert.DoesNotContain("Flags [F.]", string.Join('\n', CaptureScene.Packets(scene["t-00002.pcapng"])));

        bool Again(string file)
        {
            scene.BeRefused();
            return File.Exists(file);
        }
    }

    [RootTheory]
    [InlineData("retransmission>2/s,reset")]
    [InlineData("packet tcp[tcpflags] & tcp-rst != 0")]
    public void Any_of_several_conditions_fires(string trigger)
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("-w", scene["t.pcapng"], "--trigger", trigger, "--after", "10ms", "tcp");
        scene.BeRefused();

        Assert.Equal(0, tool.WaitForExit());
        Assert.True(File.Exists(scene["t.pcapng"]));
    }

    [RootFact]
    public void A_flood_of_SYNs_fires_and_a_busy_server_does_not()
    {
        using var scene = new CaptureScene();
        using LiveTool quiet = scene.Capture("-w", scene["quiet.pcapng"], "--trigger", "syn-flood>20/s", "tcp");
        scene.Client.Churn(scene.Server, perSecond: 100, TimeSpan.FromSeconds(1));
        Until.True(() => scene.Client.Churned().Done >= 90, "many connections");
        Assert.False(File.Exists(scene["quiet.pcapng"]));
        scene.Right.Deafen(scene.Server);
        for (int i = 0; i < 50; i++)
        {
            scene.Client.BeginConnect($"flood{i}", scene.Server);
        }

        Until.True(() => File.Exists(scene["quiet.pcapng"]), "the flood must be noticed");
    }

    [RootFact]
    public void What_the_doctor_finds_fires()
    {
        using var scene = new CaptureScene();
        using var tool = new LiveTool(scene.Left, "capture", "-i", VethPair.Device, "-w", scene["f.pcapng"], "--trigger", "finding connection-refused", "--after", "10ms", "tcp");
        Until.True(
            () =>
            {
                scene.BeRefused();
                return File.Exists(scene["f.pcapng"]);
            },
            "the doctor must find it");
    }

    private static string[] Files(CaptureScene scene, params string[] arguments)
    {
        Tool.Run(scene.Right, ["capture", "-i", VethPair.Device, "-w", scene["r.pcapng"], .. arguments]).EnsureSuccess();
        return [.. Directory.GetFiles(scene.Folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    private static double SpanOf(string file)
    {
        double[] times = [.. CommandRun.Run("tcpdump", "-nn", "-tt", "-r", file).EnsureSuccess().Lines.Select(static line => double.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];
        return times[^1] - times[0];
    }
}
