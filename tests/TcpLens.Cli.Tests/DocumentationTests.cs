using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using TcpLens.Cli.Explain;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests;

/// <summary>What the pages and the help tell people to type can be typed.</summary>
[Collection(CommandTree)]
public sealed partial class DocumentationTests
{
    /// <summary>The options are shared by every tree that is built, so trees are built one after the other.</summary>
    internal const string CommandTree = "command tree";

    private const int NarrowTerminal = 80;

    public static TheoryData<string> Shown => [.. Pages().SelectMany(CommandsIn).Concat(Examples()).Distinct()];

    public static TheoryData<string> Commands => [.. CommandLine.Build().Subcommands.Select(command => command.Name), ""];

    [Theory]
    [MemberData(nameof(Shown))]
    public void Every_command_shown_can_be_typed(string line)
    {
        ParseResult result = CommandLine.Build().Parse([.. Words(Filled(line))]);

        Assert.Empty(result.Errors);
        Assert.Null(CommandLine.UnknownOption(result));
        string[] arguments = [.. result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value)];
        switch (result.CommandResult.Command.Name)
        {
            case "count" or "list" or "diff" or "keepalive" or "kill" or "trace" when !arguments.Any(word => word.EndsWith(".json", StringComparison.Ordinal)):
                Assert.Null(SocketFilter.Parse(string.Join(' ', arguments), new EveryName()).Failure);
                break;
            case "explain" when line.Contains(" --search ", StringComparison.Ordinal):
                Assert.NotEmpty(TopicSearch.Find(arguments));
                break;
            case "explain" when arguments.Length > 0:
                Assert.NotNull(ExplainTopics.Find(string.Join(' ', arguments)));
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_fits_a_narrow_terminal(string command)
    {
        var output = new StringWriter();
        ParseResult help = CommandLine.Build().Parse(command.Length == 0 ? ["--help"] : [command, "--help"]);
        help.Invoke(new InvocationConfiguration { Output = output });

        // The framework wraps what stands before the examples to the terminal at hand; here there is none, and one line is one description.
        string[] examples = [.. output.ToString().Split('\n').SkipWhile(line => line != "Examples:")];
        Assert.All(examples, line => Assert.True(line.Length <= NarrowTerminal, line));
        Assert.Contains("show this help", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Where a page leaves a word to the reader, a reader's word.</summary>
    private static string Filled(string line) => line
        .Replace("FILTER", "state established", StringComparison.Ordinal)
        .Replace("pid PID", "pid 1234", StringComparison.Ordinal)
        .Replace("explain NAME", "explain tcp_sack", StringComparison.Ordinal)
        .Replace("explain ID", "explain close-wait-leak", StringComparison.Ordinal);

    private static IEnumerable<string> Examples()
    {
        RootCommand root = CommandLine.Build();
        foreach (Command command in root.Subcommands.Prepend(root))
        {
            foreach (string example in ExampleHelp.Of(command).ToArray())
            {
                string typed = Gap().Split(example)[0];
                if (typed.StartsWith("tcplens", StringComparison.Ordinal) && !typed.Contains("COMMAND", StringComparison.Ordinal))
                {
                    yield return CommandsOn(typed).First();
                }
            }
        }
    }

    private static IEnumerable<string> Pages()
        => Directory.EnumerateFiles(Path.Combine(SharedData.Repository, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(SharedData.Repository, "README.md"));

    /// <summary>Commands in fenced blocks, and those in single backticks; not the output that follows a command after "$".</summary>
    private static IEnumerable<string> CommandsIn(string path)
    {
        string text = File.ReadAllText(path);
        IEnumerable<string> fenced = Fence().Matches(text).SelectMany(block => block.Value.Split('\n'));
        IEnumerable<string> quoted = Quoted().Matches(Fence().Replace(text, "")).Select(match => match.Groups["code"].Value.Replace('\n', ' '));
        return fenced.Concat(quoted).Where(line => !line.Contains("sprot", StringComparison.Ordinal)).SelectMany(CommandsOn);
    }

    /// <summary>Up to a pipe, a redirection or the end.</summary>
    private static IEnumerable<string> CommandsOn(string line)
    {
        Match command = Typed().Match(line);
        if (command.Success)
        {
            yield return command.Groups["command"].Value.Trim();
        }
    }

    /// <summary>As a shell would split it.</summary>
    private static IEnumerable<string> Words(string line)
        => Word().Matches(line).Skip(1).Select(match => match.Value.Replace("'", "", StringComparison.Ordinal));

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(\$ )?(?<command>(\./)?tcplens( (?:'[^']*'|[^'|>#;\s\\]+))*)(?=$|\s*\\?[|>#;]|\s\s)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Typed();

    [GeneratedRegex(@"(?:'[^']*'|[^\s'])+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\s\s+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Gap();

    /// <summary>Knows every name, so that no page depends on the machine of the test.</summary>
    private sealed class EveryName : INameLookup
    {
        public PortRange EphemeralPorts => new(32768, 60999);

        public IReadOnlyList<ushort> Ports(string service) => [22];

        public IReadOnlyList<HostAddress> Addresses(string host) => [];

        public uint? InterfaceIndex(string name) => 1;

        public uint? UserId(string name) => 0;

        public ulong? CgroupId(string path) => 1;
    }
}
