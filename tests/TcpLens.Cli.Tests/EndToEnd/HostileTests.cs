using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>Processes, namespaces and privileges as they should not be.</summary>
public sealed class HostileTests
{
    [RootTheory]
    [InlineData("list", "--process")]
    [InlineData("list", "--tree")]
    [InlineData("list", "--process", "--color", "never", "--wide")]
    [InlineData("count", "--by", "process")]
    [InlineData("netns")]
    [InlineData]
    public void No_name_of_a_process_reaches_the_terminal_as_it_is(params string[] arguments)
    {
        using var ns = new TestNamespace();
        using BackgroundProcess evil = HostileProcess.Named(HostileProcess.EscapeSequences, ns);
        CommandResult result = Tool.Run(ns, arguments).EnsureSuccess();

        Assert.DoesNotContain('\u001b', result.Output);
        Assert.DoesNotContain("\nEVIL", result.Output);
        Assert.Contains("EVIL", result.Output);
        Assert.DoesNotContain('\u001b', result.Error);
    }

    [RootFact]
    public void In_JSON_a_hostile_name_is_just_a_name()
    {
        using var ns = new TestNamespace();
        using BackgroundProcess evil = HostileProcess.Named(HostileProcess.EscapeSequences, ns);
        CommandResult result = Tool.Run(ns, "list", "--process", "--json").EnsureSuccess();

        Assert.DoesNotContain('\u001b', result.Output);
        JsonElement process = Assert.Single(Assert.Single(Tool.Parse(result.Output).Items("sockets")).Items("processes"));
        Assert.Equal(HostileProcess.EscapeSequences, process.Text("command"));
        Assert.Equal(HostileProcess.EscapeSequences, Assert.Single(Tool.Json(ns, "count", "--by", "process").Items("groups")).Text("process"));
    }

    [RootTheory]
    [InlineData("--process")]
    [InlineData("--process", "--no-bpf")]
    public void A_process_with_twenty_thousand_descriptors_is_found(params string[] arguments)
    {
        using var ns = new TestNamespace();
        using BackgroundProcess greedy = HostileProcess.WithDescriptors(20_000, ns);

        JsonElement holder = Assert.Single(Assert.Single(Tool.Json(ns, ["list", .. arguments]).Items("sockets")).Items("processes"));
        Assert.Equal(greedy.Id, holder.GetProperty("pid").GetInt32());
    }

    [RootFact]
    public void Processes_may_come_and_go_while_their_descriptors_are_read()
    {
        using var ns = new TestNamespace();
        using BackgroundProcess staying = HostileProcess.Named("staying", ns);
        using BackgroundProcess churn = BackgroundProcess.Start(ns, "bash", "-c", "echo ready; while :; do for i in 1 2 3 4 5 6 7 8; do (:) & done; wait; done");

        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(staying.Id, Assert.Single(Assert.Single(Tool.Json(ns, "list", "--process", "--no-bpf").Items("sockets")).Items("processes")).GetProperty("pid").GetInt32());
        }
    }

    [RootFact]
    public void Namespaces_may_come_and_go_while_all_of_them_are_looked_at()
    {
        using var staying = new TestNamespace();
        using BackgroundProcess listener = HostileProcess.Named("listener", staying);
        using BackgroundProcess churn = BackgroundProcess.Start(
            null, "bash", "-c", "trap 'ip netns del tcplens-churn-$$ 2>/dev/null; exit' TERM; echo ready; while :; do ip netns add tcplens-churn-$$; ip netns del tcplens-churn-$$; done");

        for (int i = 0; i < 5; i++)
        {
            Assert.Contains(staying.Name, Tool.Run(null, "count", "--netns", "all", "--by", "netns").EnsureSuccess().Output);
            Assert.Equal(0, Tool.Run(null, "count", "--netns", "all").ExitCode);
            Assert.Equal(0, Tool.Run(null, "list", "--netns", "all", "--process").ExitCode);
        }
    }

    [RootFact]
    public void Without_privilege_everything_is_counted_and_one_line_says_what_more_would_be_seen()
    {
        using var ns = new TestNamespace();
        using KernelStates states = KernelStates.Create(ns);

        CommandResult count = AsNobody(ns, "count", "--json");
        Assert.Equal(states.Sockets.Count, Tool.Parse(count.EnsureSuccess().Output).GetProperty("total").GetInt32());
        Assert.Equal("", count.Error);

        CommandResult list = AsNobody(ns, "list", "--process", "--json");
        Assert.Equal(states.Sockets.Count, Tool.Parse(list.EnsureSuccess().Output).Items("sockets").Length);
        string hint = Assert.Single(list.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("hint: ", hint, StringComparison.Ordinal);
        Assert.Contains("cap_sys_ptrace", hint);

        CommandResult glance = AsNobody(ns, "--json");
        Assert.Equal(states.Sockets.Count, Tool.Parse(glance.EnsureSuccess().Output).GetProperty("states").EnumerateObject().Sum(state => state.Value.GetInt64()));
        Assert.Single(glance.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        CommandResult info = AsNobody(ns, "list", "--info", "--json");
        Assert.Contains(Tool.Parse(info.EnsureSuccess().Output).Items("sockets"), socket => socket.GetProperty("tcp_info").ValueKind == JsonValueKind.Object);
    }

    [RootFact]
    public void Another_namespace_without_privilege_is_one_line_and_exit_1()
    {
        using var ns = new TestNamespace();
        CommandResult result = AsNobody(null, "count", "--netns", ns.Name);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("cap_sys_admin", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("tcplens: ", StringComparison.Ordinal)));
    }

    private static CommandResult AsNobody(TestNamespace? ns, params IReadOnlyList<string> arguments)
        => new CommandRun(Tool.Path, arguments) { Namespace = ns, Unprivileged = true }.Execute();
}
