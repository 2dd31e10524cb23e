using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>tcplens capture, on a real cable with real connections, beside tcpdump and tshark.</summary>
public sealed class CaptureTests
{
    [RootFact]
    public void A_file_has_packet_for_packet_what_tcpdump_has()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("-w", scene["ours.pcapng"], "tcp");
        using BackgroundProcess tcpdump = BackgroundProcess.Start(
            scene.Right, "sh", "-c", $"tcpdump -B 16384 -i {VethPair.Device} -Z root -U -w '{scene["theirs.pcap"]}' tcp 2>&1 & echo started; wait");
        Until.True(() => File.Exists(scene["theirs.pcap"]), "tcpdump must begin");
        for (int i = 0; i < 20; i++)
        {
            scene.Converse(octets: 5000 * i);
        }

        scene.BeRefused();
        Until.True(() => EndsWithRefusal(scene["theirs.pcap"]) && EndsWithRefusal(scene["ours.pcapng"]), "both must have the last packet");
        Signals.Interrupt(tool.Pid);
        Assert.Equal(130, tool.WaitForExit());

        // What two processors handle at once comes to two captors in either order, so each direction is compared by itself.
        Assert.Equal(CaptureScene.Packets(scene["theirs.pcap"]).OrderBy(DirectionOf), CaptureScene.Packets(scene["ours.pcapng"]).OrderBy(DirectionOf));
        string interfaces = CommandRun.Run("capinfos", scene["ours.pcapng"]).EnsureSuccess().Output;
        Assert.Contains($"Name = {VethPair.Device}", interfaces);
        Assert.Contains("Filter string = tcp", interfaces);
        Assert.Contains("nanoseconds", interfaces);
        Assert.Equal(CaptureScene.Count(scene["ours.pcapng"]), CommandRun.Run("tshark", "-n", "-r", scene["ours.pcapng"]).EnsureSuccess().Lines.Length);
    }

    [RootFact]
    public void The_end_tells_packets_connections_and_how_they_ended()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("tcp");
        scene.Converse();
        scene.BeRefused();
        Signals.Interrupt(tool.Pid);
        Assert.Equal(130, tool.WaitForExit());

        Assert.Matches($"^[0-9]+ packets on {VethPair.Device} in .*; none lost$", tool.Lines[0]);
        Assert.Contains(tool.Lines, static line => line.TrimStart().StartsWith("1  closed", StringComparison.Ordinal));
        Assert.Contains(tool.Lines, static line => line.TrimStart().StartsWith("1  refused", StringComparison.Ordinal));
        Assert.Contains(tool.Lines, line => line.Contains($" {scene.Server} ") && line.Contains(" closed "));
    }

    [RootFact]
    public void Headers_are_kept_whole_and_payload_not_at_all()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("-w", scene["h.pcapng"], "--headers-only", "tcp");
        scene.Converse(octets: 3000);
        Signals.Interrupt(tool.Pid);
        tool.WaitForExit();

        string[] lengths = CommandRun.Run("tshark", "-n", "-r", scene["h.pcapng"], "-T", "fields", "-e", "frame.len", "-e", "frame.cap_len", "-e", "tcp.hdr_len", "-e", "tcp.len").EnsureSuccess().Lines;
        Assert.All(lengths, static line =>
        {
            int[] number = [.. line.Split('\t').Select(int.Parse)];
            Assert.Equal((14 + 20 + number[2], 14 + 20 + number[2] + number[3]), (number[1], number[0]));
        });
        Assert.Contains(lengths, static line => !line.EndsWith("\t0", StringComparison.Ordinal));
    }

    [RootFact]
    public void Killed_it_leaves_a_file_that_can_be_read()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("-w", scene["k.pcapng"], "tcp");
        scene.Converse();
        Until.True(() => CaptureScene.Count(scene["k.pcapng"]) >= 9, "the connection must be in the file while it is written");
        Signals.Kill(tool.Pid);
        tool.WaitForExit();

        Assert.True(CaptureScene.Packets(scene["k.pcapng"]).Length > 9);
        Assert.Equal("", CommandRun.Run("sh", "-c", $"tshark -n -r '{scene["k.pcapng"]}' 2>&1 >/dev/null | grep -v 'Running as user'").Output);
    }

    [RootFact]
    public void A_full_disk_ends_it_with_what_is_kept_and_what_is_lost()
    {
        using var scene = new CaptureScene();
        CommandRun.Run("mount", "-t", "tmpfs", "-o", "size=512k,mode=777", "tcplens-test", scene.Folder).EnsureSuccess();
        try
        {
            using LiveTool tool = scene.Capture("-w", scene["full.pcapng"]);
            Blaster.Send(scene.Left, VethPair.Device, 20_000, TimeSpan.FromSeconds(1));
            Assert.Equal(1, tool.WaitForExit());
            Assert.Matches("tcplens: could not write to .*full\\.pcapng: .* \\(ENOSPC\\); [0-9,]+ packets are in it, [0-9,]+ are lost\n$", tool.Error);
            Assert.NotEmpty(CaptureScene.Packets(scene["full.pcapng"]));
        }
        finally
        {
            CommandRun.Run("umount", scene.Folder);
        }
    }

    [RootFact]
    public void A_reader_that_has_seen_enough_ends_it_quietly()
    {
        using var scene = new CaptureScene();
        scene.Client.Churn(scene.Server, perSecond: 200, TimeSpan.FromSeconds(60));
        foreach (string output in new[] { "-w -", "--print" })
        {
            CommandResult result = new CommandRun("bash", "-c", $"'{Tool.Path}' capture -i {VethPair.Device} {output} tcp | head -c 100 >/dev/null; echo ${{PIPESTATUS[0]}}") { Namespace = scene.Right }.Execute();

            Assert.Equal("0\n", result.Output);
            Assert.DoesNotContain("tcplens:", result.Error);
        }
    }

    [RootFact]
    public void Packets_go_through_a_pipe()
    {
        using var scene = new CaptureScene();
        scene.Client.Churn(scene.Server, perSecond: 200, TimeSpan.FromSeconds(60));
        CommandResult result = new CommandRun("sh", "-c", $"'{Tool.Path}' capture -i {VethPair.Device} -w - -c 100 tcp | tcpdump -nn -r -") { Namespace = scene.Right }.Execute();

        Assert.Equal(100, result.Lines.Length);
    }

    [RootTheory]
    [InlineData("--count", "50")]
    [InlineData("--duration", "300ms")]
    public void It_ends_by_itself_when_it_was_told_when(params string[] arguments)
    {
        using var scene = new CaptureScene();
        scene.Client.Churn(scene.Server, perSecond: 200, TimeSpan.FromSeconds(60));
        JsonElement summary = Tool.Json(scene.Right, ["capture", "-i", VethPair.Device, "-w", scene["c.pcapng"], .. arguments, "tcp"]);

        Assert.Equal("tcplens.capture/1", summary.Text("schema"));
        long packets = summary.GetProperty("packets").GetInt64();
        Assert.True(arguments[0] == "--count" ? packets == 50 : packets > 0, $"{packets} packets");
        Assert.Equal(packets, CaptureScene.Count(scene["c.pcapng"]));
        Assert.Equal(packets, summary.GetProperty("packets_written").GetInt64());
        Assert.Equal(0, summary.GetProperty("dropped_by_kernel").GetInt64());
    }

    [RootFact]
    public void What_the_kernel_drops_is_counted_to_the_last_packet_and_noted_in_the_file()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("-w", scene["d.pcapng"], "--buffer", "1MiB", "--json", "tcp port 443");
        Signals.Stop(tool.Pid);
        long sent = Blaster.Send(scene.Left, VethPair.Device, 50_000, TimeSpan.FromSeconds(1), payload: 1000);
        Signals.Continue(tool.Pid);
        Until.True(() => CommandRun.Run("capinfos", scene["d.pcapng"]).Output.Contains("Number of stat entries = "), "the losses must be in the file while it is written");
        Signals.Interrupt(tool.Pid);
        tool.WaitForExit();

        JsonElement summary = Tool.Parse(tool.Lines[^1]);
        long dropped = summary.GetProperty("dropped_by_kernel").GetInt64();
        Assert.InRange(dropped, 1, sent);
        Assert.Equal(sent, summary.GetProperty("packets").GetInt64() + dropped);
        Assert.Equal(sent, summary.GetProperty("received").GetInt64());
        Assert.Contains($"warning: {dropped:N0} packets are missing", tool.Error);
    }

    [RootFact]
    public void An_interface_that_goes_away_ends_it_with_what_there_is()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("-w", scene["g.pcapng"], "tcp");
        scene.Converse();
        scene.Unplug();
        Assert.Equal(1, tool.WaitForExit());

        Assert.Matches($"^tcplens: could not capture on {VethPair.Device} any longer: .*$", tool.Error.Split('\n')[^2]);
        Assert.True(CaptureScene.Count(scene["g.pcapng"]) >= 9);
    }

    [RootFact]
    public void Any_is_every_interface_and_each_packet_names_its_own()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = new(scene.Right, "capture", "-i", "any", "-w", scene["any.pcapng"], "tcp");
        Until.True(() => tool.ErrorSoFar.Contains("capturing on any"), "the capture must begin");
        scene.Converse();
        scene.Right.Execute("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9");
        Signals.Interrupt(tool.Pid);
        tool.WaitForExit();

        string[] indexes = [.. CommandRun.Run("tshark", "-n", "-r", scene["any.pcapng"], "-T", "fields", "-e", "sll.ifindex").EnsureSuccess().Lines.Distinct()];
        Assert.Equal(2, indexes.Length);
    }

    [RootFact]
    public void Another_namespace_is_captured_by_its_name()
    {
        using var scene = new CaptureScene();
        scene.Client.Churn(scene.Server, perSecond: 100, TimeSpan.FromSeconds(60));
        JsonElement summary = Tool.Json(null, "capture", "--netns", scene.Right.Name, "-i", VethPair.Device, "--count", "10");

        Assert.Equal(10, summary.GetProperty("packets").GetInt64());
    }

    [RootFact]
    public void Segments_are_printed_with_their_flags_in_words()
    {
        using var scene = new CaptureScene();
        using LiveTool tool = scene.Capture("--print", "tcp");
        scene.BeRefused();
        tool.WaitFor(static line => line.Contains("RST+ACK"), "the refusal");

        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{6} 10\.66\.0\.1:\d+ > 10\.66\.0\.2:9  SYN  seq 0 ", tool.Lines[0]);
    }

    [RootFact]
    public void On_a_terminal_a_page_shows_states_while_it_runs()
    {
        using var scene = new CaptureScene();
        scene.Client.Connect("open", scene.Server);
        scene.Client.Trickle("open", octets: 100, TimeSpan.FromMilliseconds(20));
        CommandResult result = new CommandRun(Tool.Path, "capture", "-i", VethPair.Device, "--duration", "1500ms", "tcp")
        {
            Namespace = scene.Right,
            TerminalColumns = 100,
        }.Execute();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("capturing on " + VethPair.Device, result.Output);
        Assert.Contains("Busiest now", result.Output);
        Assert.Contains("F\e[J", result.Output);
        Assert.Contains("none lost", result.Output);
    }

    private static bool EndsWithRefusal(string file)
        => CommandRun.Run("tcpdump", "-nn", "-r", file).Lines is [.., var last] && last.Contains(".9 > ") && last.Contains("Flags [R.]");

    private static string DirectionOf(string packet) => packet[..packet.IndexOf(": ", StringComparison.Ordinal)];
}
