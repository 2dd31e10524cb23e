namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>Who a capture runs as, whose its files are, and what it says when it may not or cannot.</summary>
public sealed class CapturePrivilegeTests
{
    private const string Nobody = "65534\t65534\t65534\t65534";

    [RootFact]
    public void Root_becomes_nobody_with_all_its_threads_and_keeps_no_capability()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("-w", scene["p.pcapng"], "--rotate", "5packets", "tcp");
        foreach (string task in Directory.GetDirectories($"/proc/{tool.Pid}/task"))
        {
            string status = File.ReadAllText(task + "/status");
            Assert.Contains("Uid:\t" + Nobody, status);
            Assert.Contains("Gid:\t" + Nobody, status);
            Assert.Contains("Groups:\t \n", status);
            Assert.Matches("CapEff:\t0+\n", status);
            Assert.Matches("CapPrm:\t0+\n", status);
        }

        scene.Converse();
        Until.True(() => File.Exists(scene["p-00002.pcapng"]), "files are made after privileges were dropped");
        Assert.Equal("nobody 640", Owner(scene["p-00002.pcapng"]));
    }

    [RootFact]
    public void Whoever_called_sudo_owns_the_file()
    {
        using var scene = new CaptureScene();
        new CommandRun(Tool.Path, "capture", "-i", VethPair.Device, "-w", scene["s.pcapng"], "--duration", "100ms")
        {
            Namespace = scene.Right,
            Environment = new Dictionary<string, string?> { ["SUDO_UID"] = "1", ["SUDO_GID"] = "1", ["SUDO_USER"] = "daemon" },
        }.Execute().EnsureSuccess();

        Assert.Equal("daemon 640", Owner(scene["s.pcapng"]));
    }

    [RootFact]
    public void One_file_is_made_by_root_and_given_away_where_the_user_may_make_none()
    {
        using var scene = new CaptureScene();
        scene.Permit("755");
        scene.Client.Churn(scene.Server, perSecond: 100, TimeSpan.FromSeconds(60));
        CommandResult result = Tool.Run(scene.Right, "capture", "-i", VethPair.Device, "-w", scene["o.pcapng"], "-Z", "daemon", "-c", "10").EnsureSuccess();

        Assert.Contains("as user daemon", result.Error);
        Assert.Equal("daemon 640", Owner(scene["o.pcapng"]));
        Assert.Equal(10, CaptureScene.Count(scene["o.pcapng"]));
    }

    [RootFact]
    public void Where_later_files_could_not_be_made_root_says_that_it_stays_root_or_refuses()
    {
        using var scene = new CaptureScene();
        scene.Permit("755");
        string[] line = ["capture", "-i", VethPair.Device, "-w", scene["n.pcapng"], "--rotate", "1MB", "--duration", "50ms"];
        CommandResult stays = Tool.Run(scene.Right, line).EnsureSuccess();
        CommandResult named = Tool.Run(scene.Right, [.. line, "-Z", "daemon"]);

        Assert.Contains($"warning: stays root, as user nobody may not make files in {scene.Folder}", stays.Error);
        Assert.DoesNotContain("as user nobody;", stays.Error);
        Assert.Equal(2, named.ExitCode);
        Assert.Contains("-Z root", named.Error);
    }

    [RootFact]
    public void Who_may_not_capture_is_told_the_capability()
    {
        CommandResult result = new CommandRun(Tool.Path, "capture", "-i", "lo") { Unprivileged = true }.Execute();

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("^tcplens: could not capture on lo: that needs cap_net_raw; run with sudo, or once: sudo setcap cap_net_raw\\+ep .*tcplens\n$", result.Error);
    }

    [RootFact]
    public void Without_libpcap_one_line_names_the_package_and_other_commands_work()
    {
        string hide = "for lib in /usr/lib/*/libpcap.so.*; do mount --bind /dev/null \"$lib\" || exit 9; done; ";
        CommandResult result = CommandRun.Run("unshare", "-m", "sh", "-c", hide + $"exec '{Tool.Path}' capture -i lo");
        CommandResult other = CommandRun.Run("unshare", "-m", "sh", "-c", hide + $"exec '{Tool.Path}' count");

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("^tcplens: could not load libpcap\\.so\\.0\\.8.* install the package libpcap0\\.8 .*\n$", result.Error);
        Assert.Equal(0, other.ExitCode);
    }

    [RootTheory]
    [InlineData("did you mean tcp for tpc", "tpc port 80")]
    [InlineData("src port 443", "sport 443")]
    [InlineData("no packet tells \"state\"", "state established")]
    [InlineData("man pcap-filter", "tcp and and")]
    [InlineData("--rotate SIZE", "-C", "100", "-w", "x")]
    [InlineData("tcplens analyze FILE", "-r", "x.pcap")]
    [InlineData("--rotate needs -w", "--rotate", "1MB")]
    [InlineData("5min or 5MB", "--rotate", "5m", "-w", "x")]
    [InlineData("--trigger needs -w", "--trigger", "reset")]
    [InlineData("did you mean reset", "--trigger", "resett", "-w", "x")]
    [InlineData("100/s", "--trigger", "reset>many", "-w", "x")]
    [InlineData("no such user", "-Z", "nosuchuser")]
    [InlineData("40 to 262144", "--snaplen", "3")]
    public void What_cannot_be_meant_is_wrong_usage_with_a_way_out(string advice, params string[] arguments)
    {
        CommandResult result = Tool.Run(null, ["capture", "-i", "lo", .. arguments]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(advice, result.Error);
    }

    [RootFact]
    public void An_interface_that_is_not_there_is_answered_with_those_that_are()
    {
        using var scene = new CaptureScene();
        CommandResult result = Tool.Run(scene.Right, "capture", "-i", "eth7");

        Assert.Equal((1, $"tcplens: could not capture on eth7: there is no such interface; there are {VethPair.Device}, lo and any\n"), (result.ExitCode, result.Error));
    }

    private static string Owner(string file) => CommandRun.Run("stat", "-c", "%U %a", file).EnsureSuccess().Output.Trim();
}
