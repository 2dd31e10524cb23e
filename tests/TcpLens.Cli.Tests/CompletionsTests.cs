using System.CommandLine;

namespace TcpLens.Cli.Tests;

[Collection(DocumentationTests.CommandTree)]
public sealed class CompletionsTests
{
    [Theory]
    [InlineData("cou", "count")]
    [InlineData("list --proc", "--process")]
    [InlineData("count --by pro", "process")]
    [InlineData("count --by process,st", "process,state")]
    [InlineData("list --sort cw", "cwnd")]
    [InlineData("list --columns state,rtt", "state,rttvar")]
    [InlineData("list state clo", "close-wait")]
    [InlineData("trace --events connect,ret", "connect,retransmit")]
    [InlineData("trace --from fin", "fin-wait-2")]
    [InlineData("trace --to time", "time-wait")]
    [InlineData("--color ne", "never")]
    [InlineData("explain SYN+A", "SYN+ACK")]
    [InlineData("explain ETIME", "ETIMEDOUT")]
    [InlineData("explain tcp_tw", "tcp_tw_reuse")]
    [InlineData("explain net.ipv4.tcp_tw", "net.ipv4.tcp_tw_reuse")]
    [InlineData("explain Listen", "ListenOverflows")]
    [InlineData("explain TCP_LISTEN", "TCP_LISTEN_OVERFLOW")]
    [InlineData("explain TCP_ABORT_ON_C", "TCP_ABORT_ON_CLOSE")]
    [InlineData("explain --list err", "errnos")]
    [InlineData("explain --list d", "drops")]
    [InlineData("completion z", "zsh")]
    public void What_can_follow_is_offered(string typed, string offered)
    {
        string[] offers = [.. CommandLine.Build().Parse(typed).GetCompletions(typed.Length).Select(item => item.Label)];

        Assert.Contains(offered, offers);
        Assert.DoesNotContain("fwmark", offers);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Every_shell_has_a_script_that_asks_the_program_it_completes(string shell)
    {
        var output = new StringWriter();
        CommandLine.Build().Parse(["completion", shell]).Invoke(new InvocationConfiguration { Output = output });

        Assert.Contains("[suggest:", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_manual_page_has_every_command_and_option()
    {
        RootCommand root = CommandLine.Build();
        var output = new StringWriter();
        root.Parse(["man"]).Invoke(new InvocationConfiguration { Output = output });
        string page = output.ToString();

        foreach (Command command in root.Subcommands)
        {
            Assert.Contains($".Ss tcplens {command.Name}\n", page, StringComparison.Ordinal);
            Assert.All(command.Options.Where(option => !option.Hidden), option => Assert.Contains(option.Name[1..].Replace("-", "\\-", StringComparison.Ordinal), page, StringComparison.Ordinal));
        }
    }
}
