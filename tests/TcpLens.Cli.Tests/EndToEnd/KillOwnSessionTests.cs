using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>The connection that carries the session is spared, by whichever way it can be known.</summary>
public sealed class KillOwnSessionTests
{
    private const string Reason = "it carries the session you are in";

    /// <summary>Connects descriptor 7 and takes a name; nothing of it is above or below the command under test.</summary>
    private const string Holder = """
        exec 7<>/dev/tcp/127.0.0.1/$1
        printf %s "$2" > /proc/$$/comm
        echo ready
        sleep 60 7>&- &
        child=$!
        trap 'kill $child 2>/dev/null; exit' TERM
        wait $child
        """;

    [RootFact]
    public void What_a_process_above_holds_is_the_session()
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 1);   // The test is the parent of the command.

        CommandResult result = Tool.Run(ns, "kill", "dport", connections.Port, "--yes");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"not closed 1: {Reason}", result.Output);
        connections.AssertAlive(0);
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_SSH_CONNECTION_names_is_the_session_from_both_ends(bool fromTheServer)
    {
        using var ns = new TestNamespace();
        using BackgroundProcess server = HostileProcess.Named("server", ns);
        string port = server.Greeting.Split(' ', '=')[2];
        using BackgroundProcess client = BackgroundProcess.Start(ns, "bash", "-c", Holder, "holder", port, "client");
        JsonElement connection = Assert.Single(Tool.Json(ns, "list", "dport", port).Items("sockets"));
        string clientPort = connection.GetProperty("local_port").ToString();
        string ssh = $"127.0.0.1 {clientPort} 127.0.0.1 {port}";
        string[] kill = ["kill", fromTheServer ? "sport" : "dport", port, "and", "state", "established", "--yes"];

        CommandResult spared = new CommandRun(Tool.Path, kill) { Namespace = ns, Environment = new Dictionary<string, string?> { ["SSH_CONNECTION"] = ssh } }.Execute();

        Assert.Equal(1, spared.ExitCode);
        Assert.Contains($"not closed 1: {Reason}", spared.Output);
        Assert.Contains("closed 1.", new CommandRun(Tool.Path, kill) { Namespace = ns, Environment = new Dictionary<string, string?> { ["SSH_CONNECTION"] = null } }.Execute().EnsureSuccess().Output);
    }

    [RootTheory]
    [InlineData("TMUX", "tmux: client")]
    [InlineData("STY", "screen")]
    public void In_a_multiplexer_it_is_also_what_its_clients_hold(string variable, string command)
    {
        using var ns = new TestNamespace();
        using BackgroundProcess server = HostileProcess.Named("server", ns);
        string port = server.Greeting.Split(' ', '=')[2];
        using BackgroundProcess client = BackgroundProcess.Start(ns, "bash", "-c", Holder, "holder", port, command);
        var run = new CommandRun(Tool.Path, "kill", "dport", port, "--yes") { Namespace = ns, Environment = new Dictionary<string, string?> { [variable] = "something" } };

        CommandResult spared = run.Execute();

        Assert.Equal(1, spared.ExitCode);
        Assert.Contains($"not closed 1: {Reason}", spared.Output);
    }
}
