using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using TcpLens.Cli.Explain;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.EndToEnd;

public sealed class ExplainTests
{
    public static TheoryData<TcpState> States => [.. Enum.GetValues<TcpState>()];

    /// <summary>Every spelling is found as <c>explain</c> finds it; one of them by the real program, which takes longer.</summary>
    [Theory]
    [MemberData(nameof(States))]
    public void Every_state_is_explained_in_every_spelling(TcpState state)
    {
        foreach (StateSpelling spelling in Enum.GetValues<StateSpelling>())
        {
            ExplainTopic? topic = ExplainTopics.Find(state.Name(spelling));
            Assert.Equal(state, (topic as StateTopic)?.Page.State);
        }

        string title = ExplainTopics.Find(state.Name(StateSpelling.Rfc))!.Text(MachineFacts.None).Title;
        Assert.StartsWith(title, Tool.Run(null, "explain", state.Name(StateSpelling.Tracepoint)).EnsureSuccess().Output);
    }

    [Fact]
    public void Every_combination_of_flags_is_explained_however_it_is_written()
    {
        for (int bits = 0; bits < 512; bits++)
        {
            string text = ControlBitsText.Format((ControlBits)bits);
            ExplainTopic? topic = ExplainTopics.Find(text);
            Assert.Equal((ControlBits)bits, (topic as FlagTopic)?.Page.Bits);
            Assert.NotEmpty(topic!.Text(MachineFacts.None).Lines(80));
        }
    }

    [Theory]
    [InlineData("SYN")]
    [InlineData("SYN+FIN")]
    [InlineData("rst,ack")]
    [InlineData("[F.]")]
    [InlineData("0x12")]
    [InlineData("AE")]
    [InlineData("SYN", "ACK")]
    [InlineData("ECE+CWR")]
    public void Flags_are_explained_by_the_real_program(params string[] words)
        => Assert.NotEmpty(Tool.Run(null, ["explain", .. words]).EnsureSuccess().Output);

    [RootFact]
    public void A_setting_shows_the_value_of_its_namespace_and_what_is_wrong_with_it()
    {
        using var ns = new TestNamespace();
        ns.SetSysctl("net.ipv4.tcp_fin_timeout", "90");

        Assert.Contains("Notice: Between 61 and 119", Tool.Run(ns, "explain", "tcp_fin_timeout").EnsureSuccess().Output, StringComparison.Ordinal);
        JsonElement page = Tool.Json(ns, "explain", "net/ipv4/tcp_fin_timeout");
        Assert.Equal(("90", "60"), (page.Text("value"), page.Text("default_here")));
        Assert.Equal(("notice", "60"), (page.GetProperty("judgement").Text("severity"), page.GetProperty("judgement").Text("recommended")));
    }

    [RootFact]
    public void A_counter_shows_what_it_is_now_in_its_namespace()
    {
        using var ns = new TestNamespace();
        Assert.Equal(0, Tool.Json(ns, "explain", "Tcp.AttemptFails").GetProperty("value").GetInt64());
        ns.Run(() => Assert.Throws<SocketException>(() => new TcpClient().Connect(IPAddress.Loopback, 9)));
        Assert.Equal(1, Tool.Json(ns, "explain", "Tcp.AttemptFails").GetProperty("value").GetInt64());
    }

    [Theory]
    [InlineData("-110")]
    [InlineData("110")]
    [InlineData("etimedout")]
    public void An_errno_is_found_as_strace_logs_and_headers_write_it(string text)
        => Assert.StartsWith("ETIMEDOUT (110)", Tool.Run(null, "explain", text).EnsureSuccess().Output, StringComparison.Ordinal);

    [Fact]
    public void A_search_finds_pages_of_every_kind_and_names_come_first()
    {
        JsonElement[] hits = Tool.Json(null, "explain", "--search", "TIME", "wait").Items("hits");
        Assert.Equal("time-wait", hits[0].Text("name"));
        Assert.Equal([], new[] { "state", "errno", "sysctl", "counter" }.Except(hits.Select(hit => hit.Text("kind"))));
        Assert.All(hits, hit => Assert.NotEmpty(hit.Text("context")!));
        Assert.Empty(Tool.Json(null, "explain", "--search", "no", "such", "wordz").Items("hits"));
    }

    [Theory]
    [InlineData("states", 15)]
    [InlineData("errnos", 137)]
    [InlineData("sysctls", 120)]
    [InlineData("counters", 190)]
    [InlineData("drops", 126)]
    [InlineData("resets", 25)]
    public void A_list_has_a_line_for_each_topic(string kind, int least)
    {
        string[] lines = Tool.Run(null, "explain", "--list", kind).EnsureSuccess().Lines;
        Assert.InRange(lines.Length, least, 2 * least);
        Assert.Equal(lines.Length, Tool.Json(null, "explain", "--list", kind).Items("topics").Length);
    }

    [Theory]
    [InlineData("did you mean tcp_tw_reuse?", "tcp_tw_resue")]
    [InlineData("say which words", "--search")]
    [InlineData("say states", "--list", "poems")]
    [InlineData("tcplens explain --search 300", "300")]
    public void What_cannot_be_explained_says_what_to_try(string hint, params string[] words)
    {
        CommandResult result = Tool.Run(null, ["explain", .. words]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(hint, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_in_the_docs_is_the_one_the_program_draws()
    {
        Assert.Equal(File.ReadAllText(Path.Combine(SharedData.Repository, "docs/states.svg")), Tool.Run(null, "states", "--svg").EnsureSuccess().Output);
    }
}
