using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>tcplens trace, on real connections of two processes.</summary>
public sealed class TraceTests : IDisposable
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"tcplens-trace-{Environment.ProcessId}-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_file);

    [RootFact]
    public void A_connection_is_told_from_both_ends_step_by_step_with_whose_they_are()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        server.Rename("the-server");
        client.Rename("the-client");
        using LiveTool tool = Start(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        Connect(server, client, at, out IPEndPoint from);
        tool.WaitFor(static line => line.Contains("LAST-ACK   -> CLOSED"), "the end of the connection");

        string here = $"127.0.0.1:{at.Port}", there = $"127.0.0.1:{from.Port}";
        Assert.Equal(
            [
                $"the-client/{client.Pid} 127.0.0.1:* {here} CLOSED -> SYN-SENT",
                $"the-client/{client.Pid} {there} {here} SYN-SENT -> ESTAB",
                $"the-client/{client.Pid} {there} {here} ESTAB -> FIN-WAIT-1",
                $"the-client/{client.Pid} {there} {here} FIN-WAIT-1 -> FIN-WAIT-2",
                $"the-client/{client.Pid} {there} {here} FIN-WAIT-2 -> TIME-WAIT",
            ],
            Steps(tool.Lines, line => line.Contains($" {here} ", StringComparison.Ordinal) && !line.Contains($" {here} {there} ", StringComparison.Ordinal) && line.StartsWith("the-client", StringComparison.Ordinal)));
        Assert.Equal(
            ["LISTEN -> SYN-RECV", "SYN-RECV -> ESTAB", "ESTAB -> CLOSE-WAIT", "CLOSE-WAIT -> LAST-ACK", "LAST-ACK -> CLOSED"],
            Steps(tool.Lines, line => line.Contains($" {here} {there} ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf(there, StringComparison.Ordinal) + there.Length + 1)..]));
        Assert.All(
            Steps(tool.Lines, line => line.Contains($" {here} {there} ", StringComparison.Ordinal)),
            line => Assert.StartsWith($"the-server/{server.Pid} ", line.Replace("(", "").Replace(")", ""), StringComparison.Ordinal));
    }

    [RootFact]
    public void Two_tracers_see_the_same_and_a_file_tells_it_again_step_by_step()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        using LiveTool recorder = Record(ns, _file);
        using LiveTool tool = Start(ns);
        for (int i = 0; i < 20; i++)
        {
            Connect(server, client, at, out _);
        }

        Until.True(() => tool.Lines.Count(static line => line.Contains("LAST-ACK   -> CLOSED")) == 20, "twenty connections must end");
        Signals.Interrupt(recorder.Pid);
        Assert.Equal((130, ""), (recorder.WaitForExit(), recorder.Error));

        CommandResult replay = Tool.Run(null, "trace", "--read", _file).EnsureSuccess();
        Assert.Equal("", replay.Error);
        Assert.Equal(Steps(tool.Lines, static _ => true).Select(Bare), Steps(replay.Lines, static _ => true).Select(Bare));

        // Whether the task itself was met, or the listener's holder is named for it, is chance, and each tracer's own.
        static string Bare(string step) => step.Replace("(", "").Replace(")", "");
    }

    [RootFact]
    public void A_tracer_that_is_killed_leaves_a_file_that_can_be_read()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        using LiveTool recorder = Record(ns, _file);
        Connect(server, client, at, out _);
        Until.True(() => Tool.Run(null, "trace", "--read", _file).Output.Contains("LAST-ACK   -> CLOSED"), "the connection must be in the file while it is written");
        Signals.Kill(recorder.Pid);
        recorder.WaitForExit();

        CommandResult replay = Tool.Run(null, "trace", "--from", _file, "--from", "last-ack", "-H");
        Assert.Equal(0, replay.ExitCode);
        Assert.Contains("LAST-ACK   -> CLOSED", Assert.Single(replay.Lines));
        Assert.Contains("just stops", replay.Error);
    }

    [RootFact]
    public void A_disk_that_fills_up_ends_it_with_what_was_kept_and_what_was_lost()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        server.Serve("l");
        string folder = Directory.CreateTempSubdirectory("tcplens-trace-").FullName;
        CommandRun.Run("mount", "-t", "tmpfs", "-o", "size=128k", "tcplens-test", folder).EnsureSuccess();
        try
        {
            string file = Path.Combine(folder, "full.trace");
            using LiveTool recorder = Record(ns, file);
            client.Churn(at, perSecond: 2000, TimeSpan.FromSeconds(20));
            Assert.Equal(1, recorder.WaitForExit());
            string line = Assert.Single(recorder.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Matches("^tcplens: could not write to .*full\\.trace: .* \\(ENOSPC\\); [0-9,]+ events are in it, [0-9,]+ are lost$", line);

            CommandResult replay = Tool.Run(null, "trace", "--read", file, "--matrix");
            Assert.Equal(0, replay.ExitCode);
            Assert.Contains("changes of state in", replay.Output);
            Assert.Contains("just stops", replay.Error);
        }
        finally
        {
            CommandRun.Run("umount", folder);
            Directory.Delete(folder);
        }
    }

    [RootFact]
    public void A_reader_that_has_seen_enough_ends_it_quietly()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        server.Serve("l");
        client.Churn(at, perSecond: 500, TimeSpan.FromSeconds(60));
        foreach (string[] arguments in new string[][] { ["trace"], ["trace", "--json"], ["trace", "-o", "-"], ["trace", "--matrix", "--interval", "20ms"] })
        {
            CommandResult result = new CommandRun(Tool.Path, arguments) { Namespace = ns, CloseOutputAfterLines = 1 }.Execute();

            Assert.Equal((0, ""), (result.ExitCode, result.Error));
        }
    }

    [RootTheory]
    [InlineData("--duration", "50ms")]
    [InlineData("--count", "3")]
    public void It_ends_by_itself_when_it_was_told_when(params string[] arguments)
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        server.Serve("l");
        client.Churn(at, perSecond: 200, TimeSpan.FromSeconds(60));
        CommandResult result = Tool.Run(ns, ["trace", "-H", .. arguments]).EnsureSuccess();

        Assert.Equal("", result.Error);
        Assert.True(arguments[0] == "--duration" || result.Lines.Length == 3, result.Output);
    }

    [RootFact]
    public void A_trace_can_go_through_a_pipe()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        server.Serve("l");
        client.Churn(at, perSecond: 500, TimeSpan.FromSeconds(60));
        CommandResult result = new CommandRun("sh", "-c", $"'{Tool.Path}' trace -o - --count 50 | '{Tool.Path}' trace --read - -H") { Namespace = ns }.Execute().EnsureSuccess();

        Assert.Equal("", result.Error);
        Assert.InRange(result.Lines.Length, 50, 100);   // A passive open is one record and two lines.
    }

    [RootFact]
    public void What_is_asked_for_is_all_that_is_shown_and_kept()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        client.Rename("the-client");
        IPEndPoint at = server.Listen("l", Anywhere);
        string[] asked = ["--from", "established,FIN_WAIT1", "--process", "the-client", "dport", $"{at.Port}"];
        using LiveTool tool = Start(ns, asked);
        using LiveTool recorder = Record(ns, _file, asked);
        Connect(server, client, at, out _);
        tool.WaitFor(static line => line.Contains("FIN-WAIT-1 -> FIN-WAIT-2"), "the second step");
        Until.True(() => Tool.Run(null, "trace", "--read", _file, "-H").Lines.Length == 2, "both steps must be in the file");

        Assert.Equal(["ESTAB -> FIN-WAIT-1", "FIN-WAIT-1 -> FIN-WAIT-2"], Steps(tool.Lines, static _ => true).Select(static line => string.Join(' ', line.Split(' ')[3..6])));
        Assert.Equal(Steps(tool.Lines, static _ => true), Steps(Tool.Run(null, "trace", "--read", _file).Lines, static _ => true));
    }

    [RootFact]
    public void Lives_and_events_are_told_in_lines_and_in_json()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        using LiveTool lives = Start(ns, "--lives");
        using LiveTool events = Start(ns, "--events", "connect,accept,reset,error");
        using LiveTool kept = Record(ns, _file, "--events", "all,change,life");
        Connect(server, client, at, out _);
        server.Close("l");
        Assert.Equal("ECONNREFUSED", client.Try(puppet => puppet.Connect("d", at)));
        lives.WaitFor(static line => line.Contains(" refused "), "the connection that was refused");
        events.WaitFor(static line => line.Contains("refused (ECONNREFUSED) after "), "the connect that was refused");
        Until.True(() => Tool.Run(null, "trace", "--read", _file).Output.Contains("refused (ECONNREFUSED)"), "it must be in the file");

        Assert.Contains(lives.Lines, static line => line.Contains(" active ") && line.Contains("SYN-SENT>ESTAB>FIN-WAIT-1>FIN-WAIT-2>TIME-WAIT"));
        Assert.Contains(lives.Lines, static line => line.Contains(" passive "));
        Assert.Contains(events.Lines, static line => line.Contains(" connect    ESTAB      connected in "));
        Assert.Contains(events.Lines, static line => line.Contains(" accept     ESTAB      waited "));
        Assert.Contains(events.Lines, static line => line.Contains(" reset      SYN-SENT   received"));
        JsonElement[] records = [.. Tool.Run(null, "trace", "--read", _file, "--json").EnsureSuccess().Lines.Select(Tool.Parse)];
        Assert.Empty(new[] { "change", "life", "accept", "reset_sent", "reset_received", "error", "drop", "end" }.Except(records.Select(static record => record.Text("kind"))));
        Assert.Contains(records, record => record.Text("kind") == "life" && record.Text("how") == "refused" && record.GetProperty("pid").GetInt32() == client.Pid);
    }

    [RootFact]
    public void The_kernel_counts_what_the_lines_tell()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        using LiveTool matrix = new(ns, "trace", "--matrix", "--json", "--interval", "50ms");
        matrix.WaitFor(static line => line.Contains("tcplens.transitions/1"), "the first interval");
        for (int i = 0; i < 10; i++)
        {
            Connect(server, client, at, out _);
        }

        Until.True(() => matrix.Lines.Sum(static line => Pair(line, "last_ack", "close")) == 10, "all must be counted");
        Signals.Interrupt(matrix.Pid);
        Assert.Equal(130, matrix.WaitForExit());

        JsonElement total = Tool.Parse(matrix.Lines[^1]);
        Assert.True(total.GetProperty("is_total").GetBoolean());
        Assert.All(
            new[] { ("close", "syn_sent"), ("syn_sent", "established"), ("listen", "syn_recv"), ("established", "close_wait"), ("fin_wait2", "time_wait") },
            pair => Assert.Equal(10, Pair(matrix.Lines[^1], pair.Item1, pair.Item2)));
    }

    [RootFact]
    public void A_file_can_be_asked_for_less_and_kept_again_but_not_for_what_it_has_not()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        using LiveTool recorder = Record(ns, _file);
        Connect(server, client, at, out _);
        Until.True(() => Tool.Run(null, "trace", "--read", _file).Output.Contains("LAST-ACK   -> CLOSED"), "the end of the connection");
        Signals.Interrupt(recorder.Pid);
        recorder.WaitForExit();
        string less = _file + ".less";
        try
        {
            Tool.Run(null, "trace", "--read", _file, "--to", "closed", "-o", less, "sport", $"{at.Port}").EnsureSuccess();
            Assert.Contains("LAST-ACK   -> CLOSED", Assert.Single(Tool.Run(null, "trace", "--read", less, "-H").EnsureSuccess().Lines));
        }
        finally
        {
            File.Delete(less);
        }

        string place = Tool.Parse(Tool.Run(null, "trace", "--read", _file, "--json", "--count", "1").EnsureSuccess().Lines[0]).GetProperty("netns_inode").GetRawText();
        Assert.NotEmpty(Tool.Run(null, "trace", "--read", _file, "--netns", place, "-H").EnsureSuccess().Lines);
        Assert.Contains("there was no such network namespace", Refused("--netns", "nosuch"));
        Assert.Contains("has no life: when it was recorded, change was asked for", Refused("--lives"));
        Assert.Contains("try: tcplens trace --events change,retransmit -o FILE", Refused("--events", "retransmit"));
        Assert.Contains("recorded on ", Tool.Run(null, "trace", "--read", _file, "--explain-source").EnsureSuccess().Error);

        string Refused(params string[] arguments)
        {
            CommandResult result = Tool.Run(null, ["trace", "--read", _file, .. arguments]);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            return result.Error;
        }
    }

    [RootFact]
    public void Ctrl_c_on_a_terminal_ends_it_with_what_it_came_to()
    {
        using var ns = new TestNamespace();
        CommandResult result = new CommandRun(Tool.Path, "trace") { Namespace = ns, TerminalColumns = 120, InterruptAfter = "REASON" }.Execute();

        Assert.Equal(130, result.ExitCode);
        Assert.Matches("0 events in [0-9.]+ s, none lost", result.Output);
    }

    [Fact]
    public void Without_privilege_it_says_what_would_be_needed()
    {
        CommandResult result = new CommandRun(Tool.Path, "trace", "--duration", "1s") { Unprivileged = true }.Execute();

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("tcplens: nothing can be traced here\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("cap_", result.Error);
        Assert.Contains("try: sudo, or tcplens trace --lives", result.Error);
        Assert.Equal(0, new CommandRun(Tool.Path, "trace", "--lives", "--duration", "50ms") { Unprivileged = true }.Execute().ExitCode);
    }

    [RootFact]
    public void Without_bpf_the_states_are_the_same()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        using LiveTool tool = Start(ns, "--no-bpf", "dport", $"{at.Port}");
        Connect(server, client, at, out _);
        tool.WaitFor(static line => line.Contains("FIN-WAIT-1 -> FIN-WAIT-2"), "the client's last steps");

        Assert.Equal(
            ["CLOSED -> SYN-SENT", "SYN-SENT -> ESTAB", "ESTAB -> FIN-WAIT-1", "FIN-WAIT-1 -> FIN-WAIT-2"],
            Steps(tool.Lines, static _ => true).Select(static line => string.Join(' ', line.Split(' ')[3..6])).Take(4));
    }

    [RootFact]
    public void Without_bpf_the_end_says_what_the_kernel_counted_and_perf_did_not_record()
    {
        const int Connections = 10;
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        client.ConnectMany("c", Connections, at);
        using LiveTool recorder = Record(ns, _file, "--no-bpf", "--events", "retransmit", "dport", $"{at.Port}");
        ns.Deafen(at);
        client.Send("c*", 100);
        Until.True(() => KernelCounter.Read(ns, "Tcp", "RetransSegs") >= 2 * Connections, "each must send it twice again");
        Signals.Interrupt(recorder.Pid);
        Assert.Equal(130, recorder.WaitForExit());

        JsonElement[] records = [.. Tool.Run(null, "trace", "--read", _file, "--json").EnsureSuccess().Lines.Select(Tool.Parse)];
        long lost = records[^1].GetProperty("lost").GetInt64();
        Assert.InRange(records.Count(static record => record.Text("kind") == "retransmit") + lost, Connections, long.MaxValue);
        Assert.Equal(lost > 0, recorder.Error.Contains("counted by the kernel but not recorded by perf"));
    }

    /// <summary>Our program while it traces; it has begun when its header is there.</summary>
    private static LiveTool Start(TestNamespace ns, params string[] arguments)
    {
        var tool = new LiveTool(ns, ["trace", .. arguments]);
        tool.WaitFor(static line => line.StartsWith("TIME ", StringComparison.Ordinal), "the header");
        return tool;
    }

    private static LiveTool Record(TestNamespace ns, string file, params string[] arguments)
    {
        var tool = new LiveTool(ns, ["trace", "-o", file, .. arguments]);
        Until.True(() => File.Exists(file) && new FileInfo(file).Length > 0, "the head of the file");
        return tool;
    }

    /// <summary>The client connects, and closes first.</summary>
    /// <summary>
    /// The client keeps its socket until the server has closed: without a socket FIN-WAIT-2 would be TIME-WAIT's memory, and when that state ends is
    /// not known for a minute. Whether it comes to that is a race with the server's delayed ACK.
    /// </summary>
    private static void Connect(Puppet server, Puppet client, IPEndPoint at, out IPEndPoint from)
    {
        from = client.Connect("c", at);
        server.Accept("s", "l");
        client.Shutdown("c", SocketShutdown.Send);
        server.Close("s");
        client.Receive("c", 1);
        client.Close("c");
    }

    /// <summary>Process, both ends and both states, with one blank between.</summary>
    private static string[] Steps(string[] lines, Func<string, bool> isWanted)
        => [.. lines[1..].Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..7])).Where(isWanted)];

    private static int Pair(string line, string from, string to)
    {
        JsonElement block = Tool.Parse(line);
        return block.GetProperty("is_total").GetBoolean() && from == "last_ack"
            ? 0
            : block.Items("transitions").Where(pair => pair.Text("old_state") == from && pair.Text("new_state") == to).Sum(static pair => pair.GetProperty("count").GetInt32());
    }
}
