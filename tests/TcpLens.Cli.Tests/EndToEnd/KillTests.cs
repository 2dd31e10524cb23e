using System.Net.Sockets;
using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>Closing connections from outside: those that were named and no others, and a true account of each.</summary>
public sealed class KillTests
{
    [RootFact]
    public void Just_the_named_connections_are_closed_and_both_ends_notice()
    {
        using var ns = new TestNamespace();
        using var named = new LiveConnections(ns, 3);
        using var others = new LiveConnections(ns, 2);

        CommandResult result = Tool.Run(ns, "kill", "dport", named.Port, "--yes", "--include-own").EnsureSuccess();

        Assert.Contains("closed 3. Processes that hold one get ECONNABORTED (103)", result.Output);
        Assert.All(named.Clients, client => Assert.Equal(SocketError.ConnectionAborted, LiveConnections.ErrorOf(client)));
        Assert.All(named.Servers, server => Assert.Equal(SocketError.ConnectionReset, LiveConnections.ErrorOf(server)));
        others.AssertAlive(0);
        others.AssertAlive(1);
    }

    [RootFact]
    public void Connections_of_every_state_can_be_closed()
    {
        using var ns = new TestNamespace();
        using KernelStates states = KernelStates.Create(ns);
        JsonElement killed = Tool.Json(ns, "kill", "state", "connected", "--all", "--yes", "--include-own");

        Assert.Equal(killed.GetProperty("matched").GetInt32(), Number(killed, "closed") + Number(killed, "vanished"));
        Assert.Empty(Tool.Json(ns, "list", "state", "connected").Items("sockets"));
        Assert.NotEmpty(Tool.Json(ns, "list", "--listening").Items("sockets"));
    }

    [RootFact]
    public void A_connection_in_another_namespace_is_closed_there()
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 1);

        JsonElement killed = Tool.Json(null, "kill", "--netns", ns.Name, "dport", connections.Port, "--yes", "--include-own");

        Assert.Equal(1, Number(killed, "closed"));
        Assert.Equal(SocketError.ConnectionAborted, LiveConnections.ErrorOf(connections.Clients[0]));
    }

    [RootFact]
    public void A_filter_that_matches_nothing_says_so_and_is_no_failure()
    {
        using var ns = new TestNamespace();

        Assert.Equal("nothing matches, so nothing was closed\n", Tool.Run(ns, "kill", "dport", "9", "--yes").EnsureSuccess().Output);
        Assert.Empty(Tool.Json(ns, "kill", "dport", "9", "--yes").Items("sockets"));
    }

    [RootFact]
    public void Without_permission_nothing_is_closed_and_the_capability_is_named()
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 1);
        var run = new CommandRun(Tool.Path, "kill", "dport", connections.Port, "--yes") { Namespace = ns, Unprivileged = true };
        CommandResult result = run.Execute();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("not closed 1: EPERM: that needs cap_net_admin", result.Output);
        connections.AssertAlive(0);
    }

    [RootFact]
    public void A_connection_that_ends_while_the_question_stands_had_gone_before_its_turn()
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 2);
        var run = new CommandRun(Tool.Path, "kill", "sport", connections.Port, "state", "established", "--include-own")
        {
            Namespace = ns,
            TerminalColumns = 120,
            Dialogue = ("Close these 2 sockets? [y/N]", EndOneAndSayYes),
        };
        CommandResult result = run.Execute().EnsureSuccess();

        Assert.Contains("closed 1.", result.Output);
        Assert.Contains("1 had gone before its turn", result.Output);

        // By its addresses alone the kernel would have taken the listener for the connection that had gone.
        Assert.Single(Tool.Json(ns, "list", "--listening").Items("sockets"));

        string EndOneAndSayYes()
        {
            connections.Clients[0].LingerState = new LingerOption(enable: true, seconds: 0);
            connections.Clients[0].Dispose();
            return "y\n";
        }
    }

    [RootTheory]
    [InlineData("y", 0)]
    [InlineData("n", 1)]
    [InlineData("", 1)]
    public void Only_an_explicit_yes_is_one(string answer, int exitCode)
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 1);
        var run = new CommandRun(Tool.Path, "kill", "dport", connections.Port, "--include-own")
        {
            Namespace = ns,
            TerminalColumns = 120,
            Dialogue = ("Close this socket? [y/N]", () => answer + "\n"),
        };
        CommandResult result = run.Execute();

        Assert.Equal(exitCode, result.ExitCode);
        if (exitCode == 0)
        {
            Assert.Equal(SocketError.ConnectionAborted, LiveConnections.ErrorOf(connections.Clients[0]));
        }
        else
        {
            Assert.Contains("nothing was closed", result.Output);
            connections.AssertAlive(0);
        }
    }

    [RootFact]
    public void More_than_the_limit_are_closed_only_by_all()
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 3);
        CommandResult refused = Tool.Run(ns, "kill", "dport", connections.Port, "--limit", "2", "--yes", "--include-own");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("3 sockets match, more than the 2 that are closed without --all; nothing was closed", refused.Error);
        connections.AssertAlive(0);

        Assert.Equal(3, Number(Tool.Json(ns, "kill", "dport", connections.Port, "--all", "--yes", "--include-own"), "closed"));
    }

    [RootFact]
    public void A_dry_run_shows_what_would_be_closed_and_closes_nothing()
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 2);
        JsonElement shown = Tool.Json(ns, "kill", "port", connections.Port, "--dry-run", "--include-own");

        Assert.Equal(["refused", "would_close", "would_close", "would_close", "would_close"], shown.Items("sockets").Select(socket => socket.Text("outcome")).Order());
        Assert.Equal(0, Number(shown, "closed"));
        connections.AssertAlive(0);
        connections.AssertAlive(1);
    }

    [RootFact]
    public void A_listener_is_closed_only_when_the_filter_is_about_listeners_and_the_option_says_so()
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 0);
        string[] listener = ["kill", "sport", connections.Port, "--yes", "--include-own"];
        CommandResult spared = Tool.Run(ns, listener);

        Assert.Equal(1, spared.ExitCode);
        Assert.Contains("not closed 1: a listener, whose end stops a service", spared.Output);
        Assert.Equal(2, Tool.Run(ns, [.. listener, "--include-listeners"]).ExitCode);
        Assert.Single(Tool.Json(ns, "list", "--listening").Items("sockets"));

        Tool.Run(ns, [.. listener, "state", "listen", "--include-listeners"]).EnsureSuccess();
        Assert.Equal(SocketError.InvalidArgument, Assert.Throws<SocketException>(connections.Listener.Accept).SocketErrorCode);
    }

    [RootTheory]
    [InlineData("exec \"$@\" > /dev/full")]
    [InlineData("exec 3<>\"$0\" 4>\"$0\" 3<&-; exec \"$@\" >&4")]
    public void What_nobody_can_read_before_is_not_closed(string script)
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 1);
        string folder = Directory.CreateTempSubdirectory("tcplens-test-").FullName;
        try
        {
            string pipe = Path.Combine(folder, "pipe");
            CommandRun.Run("mkfifo", pipe).EnsureSuccess();
            string[] kill = [Tool.Path, "kill", "dport", connections.Port, "--yes", "--include-own"];
            CommandResult result = new CommandRun("bash", ["-c", script, pipe, .. kill]) { Namespace = ns }.Execute();

            Assert.Equal(1, result.ExitCode);
            Assert.Contains("standard output", result.Error);
            connections.AssertAlive(0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [RootFact]
    public void A_locked_socket_is_named_after_a_deadline_and_the_others_are_closed()
    {
        using var ns = new TestNamespace();
        using var holder = new SocketLockHolder(ns);
        CommandResult result = Tool.Run(ns, "kill", "state", "established", "--yes");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("not closed 1: a task sleeps with the socket's lock", result.Output);
        Assert.Contains("closed 1.", result.Output);
    }

    [RootFact]
    public void Ctrl_C_ends_with_an_account_of_every_socket()
    {
        using var ns = new TestNamespace();
        using var first = new SocketLockHolder(ns);   // On a locked socket the command waits, so the key is pressed in time.
        using var second = new SocketLockHolder(ns);
        var run = new CommandRun(Tool.Path, "kill", $"inode = {first.Inode} or inode = {second.Inode}", "--yes") { Namespace = ns, InterruptAfter = "ESTAB" };
        CommandResult result = run.Execute();

        Assert.Equal(130, result.ExitCode);
        Assert.Contains(": interrupted before its turn", result.Output);
        Assert.Equal(4, result.Lines.Count(line => line.Contains("ESTAB")));   // Listed before, accounted for after.
    }

    [RootTheory]
    [InlineData("kill without a filter")]
    [InlineData("kill without a filter", " ", "--yes")]
    [InlineData("nobody can be asked", "dport 9")]
    [InlineData("--json: say --yes too", "dport 9", "--json")]
    [InlineData("--limit 0: say 1 or more", "dport 9", "--limit", "0", "--yes")]
    public void What_cannot_be_meant_is_wrong_usage(string message, params string[] arguments)
    {
        CommandResult result = Tool.Run(null, ["kill", .. arguments]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error);
    }

    private static int Number(JsonElement document, string name) => document.GetProperty(name).GetInt32();
}
