using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>Who holds a socket: what the links in /proc say, and from round to round who held it before.</summary>
public sealed class OwnerTests
{
    /// <summary>Connects descriptor 7 to a port, passes it on to a child, and closes it when a line comes in.</summary>
    private const string Client = """
        exec 7<>/dev/tcp/127.0.0.1/$1
        sleep 60 &
        child=$!
        trap 'kill $child 2>/dev/null; exit' TERM
        echo "ready $$ $child"
        while [ -e "$2" ]; do sleep 0.05 7>&-; done
        kill $child
        wait $child 2>/dev/null
        exec 7>&-
        while :; do sleep 0.1; done
        """;

    [RootTheory]
    [InlineData("list", "--process")]
    [InlineData("list", "--process", "--no-bpf")]
    [InlineData("list", "--process", "--sort", "local")]
    public void Owners_are_those_that_proc_tells(params string[] arguments)
    {
        using var ns = new TestNamespace();
        using KernelStates states = KernelStates.Create(ns);
        using BackgroundProcess other = HostileProcess.Named("other", ns);

        JsonElement[] sockets = Tool.Json(ns, arguments).Items("sockets");
        Assert.Equal(states.Sockets.Count + 1, sockets.Length);
        HashSet<string> held = [.. sockets.Select(socket => $"{socket.GetProperty("inode")}")];
        IEnumerable<string> truth = new[] { Environment.ProcessId, other.Id }
            .SelectMany(pid => Links(pid).Where(link => held.Contains(link.Inode)).Select(link => $"{link.Inode} {pid}:{link.Descriptor}"));
        IEnumerable<string> seen = sockets.SelectMany(socket => socket.Items("processes")
            .Select(process => $"{socket.GetProperty("inode")} {process.GetProperty("pid")}:{process.GetProperty("fd")}"));

        Assert.Equal(truth.Order(), seen.Order());
        Assert.All(sockets.Where(socket => socket.GetProperty("inode").ValueKind == JsonValueKind.Null), socket => Assert.Empty(socket.Items("processes")));
        Assert.Contains(sockets, socket => socket.Items("processes").Any(process => process.Text("command") == "other"));
    }

    [RootFact]
    public void A_shared_socket_names_every_holder_and_once_closed_who_it_belonged_to()
    {
        using var ns = new TestNamespace();
        using BackgroundProcess server = HostileProcess.Named("server", ns);
        string port = server.Greeting.Split(' ', '=')[2];
        string flag = Path.GetTempFileName();
        using BackgroundProcess client = BackgroundProcess.Start(ns, "bash", "-c", Client, "client", port, flag);
        string[] pids = client.Greeting.Split(' ')[1..];

        string row = Assert.Single(Tool.Run(ns, "list", "-Hp", "dport", port).EnsureSuccess().Lines);
        Assert.EndsWith($"bash/{pids[0]}:7, sleep/{pids[1]}:7", row);

        using var table = new LiveTool(ns, "list", "-p", "dport", port, "--interval", "100ms");
        using var json = new LiveTool(ns, "list", "-p", "dport", port, "--interval", "100ms", "--json");
        table.WaitFor(line => line.Contains("ESTAB"), "the first picture");
        json.WaitFor(line => line.Contains("established"), "the first picture");
        File.Delete(flag);

        table.WaitFor(line => line.Contains("FIN-WAIT-2") && line.Contains($" (bash/{pids[0]}:7"), "the past owner of an orphan, in parentheses");
        json.WaitFor(line => line.Contains("fin_wait2"), "the orphan in JSON");
        JsonElement orphan = json.Lines.Select(Tool.Parse).SelectMany(document => document.Items("changes")).Last(change => change.Text("state") == "fin_wait2");
        JsonElement[] past = orphan.Items("processes");
        Assert.Equal(("bash", pids[0]), (past[0].Text("command"), $"{past[0].GetProperty("pid")}"));
        Assert.All(past, process => Assert.True(process.GetProperty("past").GetBoolean()));
    }

    [RootFact]
    public void Two_saved_lists_are_compared_by_what_came_changed_and_went()
    {
        using var ns = new TestNamespace();
        string folder = Directory.CreateTempSubdirectory("tcplens-test-").FullName;
        try
        {
            string before = Path.Combine(folder, "before.json"), after = Path.Combine(folder, "after.json");
            using (BackgroundProcess going = HostileProcess.Named("going", ns))
            using (BackgroundProcess staying = HostileProcess.Named("staying", ns))
            {
                File.WriteAllText(before, Tool.Run(ns, "list", "-p", "--json").EnsureSuccess().Output);
                going.Dispose();
                using BackgroundProcess coming = HostileProcess.Named("coming", ns);
                File.WriteAllText(after, Tool.Run(ns, "list", "-p", "--json").EnsureSuccess().Output);
                string[] rows = Tool.Run(ns, "diff", before, after, "--process").EnsureSuccess().Lines;

                Assert.Contains(rows, row => row.StartsWith("+ ", StringComparison.Ordinal) && row.Contains("coming/"));
                Assert.Contains(rows, row => row.StartsWith("- ", StringComparison.Ordinal) && row.Contains("going/"));
                Assert.DoesNotContain(rows, row => row.Contains("staying/"));
            }

            CommandResult garbage = Tool.Run(ns, "diff", "/etc/passwd", after);
            Assert.Equal(2, garbage.ExitCode);
            Assert.Contains("/etc/passwd: this is no list saved by 'tcplens list --json'", garbage.Error);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [RootFact]
    public void Two_live_moments_are_compared_too()
    {
        using var ns = new TestNamespace();
        using BackgroundProcess staying = HostileProcess.Named("staying", ns);
        JsonElement changes = Tool.Json(ns, "diff", "--after", "10ms");

        Assert.Equal("tcplens.changes/1", changes.Text("schema"));
        Assert.Equal(1, changes.GetProperty("total").GetInt32());
        Assert.Empty(changes.Items("changes"));
    }

    private static IEnumerable<(string Inode, string Descriptor)> Links(int pid)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
        {
            string? target = null;
            try
            {
                target = new FileInfo(path).LinkTarget;
            }
            catch (IOException)
            {
                // closed meanwhile
            }

            if (target?.StartsWith("socket:[", StringComparison.Ordinal) == true)
            {
                yield return (target[8..^1], Path.GetFileName(path));
            }
        }
    }
}
