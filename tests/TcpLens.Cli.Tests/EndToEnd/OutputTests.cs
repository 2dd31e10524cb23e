using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>Where the output goes: terminals of any width, readers that leave, disks that are full, and signals on the way.</summary>
public sealed partial class OutputTests
{
    public static TheoryData<int, string> Screens
    {
        get
        {
            TheoryData<int, string> screens = [];
            foreach (int columns in new[] { 20, 40, 80 })
            {
                foreach (string command in new[] { "", "count", "count --by process,state", "list", "list --process --timers", "list --info --memory", "list --tree", "netns", "explain time-wait", "explain SYN+FIN", "states" })
                {
                    screens.Add(columns, command);
                }
            }

            return screens;
        }
    }

    [RootTheory]
    [MemberData(nameof(Screens))]
    public void No_line_is_wider_than_the_terminal(int columns, string command)
    {
        using var ns = new TestNamespace();
        using BackgroundProcess listener = HostileProcess.Named("a-long-command", ns);
        CommandResult result = new CommandRun("sh", "-c", $"exec '{Tool.Path}' {command} 2>/dev/null")
        {
            Namespace = ns,
            TerminalColumns = columns,
            Environment = Terminal("xterm"),
        }.Execute().EnsureSuccess();

        string[] lines = EscapeSequence().Replace(result.Output, "").Split("\r\n");
        Assert.True(lines.Length > 2);
        // One word that must stay whole to be copied, such as a setting's name, is left to the terminal to break.
        Assert.All(lines, line => Assert.True(!line.Trim().Contains(' ') || line.EnumerateRunes().Count() <= columns, $"{line.EnumerateRunes().Count()} > {columns}: {line}"));
    }

    [RootTheory]
    [InlineData(80, "xterm", null, true)]
    [InlineData(80, "xterm", "1", false)]
    [InlineData(80, "dumb", null, false)]
    [InlineData(80, "xterm", null, false, "--no-color")]
    [InlineData(80, "xterm", null, false, "--color", "never")]
    [InlineData(80, "xterm", "1", true, "--color", "always")]
    [InlineData(null, "xterm", null, false)]
    [InlineData(null, "xterm", null, true, "--color", "always")]
    public void Colour_comes_on_terminals_that_want_it(int? columns, string term, string? noColor, bool isColoured, params string[] arguments)
    {
        using var ns = new TestNamespace();
        using BackgroundProcess listener = HostileProcess.Named("listener", ns);
        CommandResult result = new CommandRun(Tool.Path, ["list", .. arguments])
        {
            Namespace = ns,
            TerminalColumns = columns,
            Environment = Terminal(term, noColor),
        }.Execute().EnsureSuccess();

        Assert.Equal(isColoured, result.Output.Contains('\u001b'));
    }

    [RootFact]
    public void A_reader_that_has_seen_enough_is_no_error()
    {
        using var ns = new TestNamespace();
        using Population population = Population.Start(ns, new PopulationSize(Connections: 2000));   // Far more than a pipe holds.
        foreach (string[] arguments in new string[][] { ["list"], ["list", "--json"], ["list", "--process"], ["list", "--sort", "local"], ["list", "--interval", "10ms"] })
        {
            CommandResult result = new CommandRun(Tool.Path, arguments) { Namespace = ns, CloseOutputAfterLines = arguments.Contains("--json") ? 0 : 1 }.Execute();

            Assert.Equal((0, ""), (result.ExitCode, result.Error));
        }
    }

    [Theory]
    [InlineData(">/dev/full", "ENOSPC")]
    [InlineData(">&-", "EBADF")]
    public void Output_that_goes_nowhere_is_one_line_and_exit_1(string redirection, string errno)
    {
        foreach (string command in new[] { "list", "count", "count --json", "netns", "explain listen", "states --svg", "--json" })
        {
            CommandResult result = CommandRun.Run("sh", "-c", $"exec '{Tool.Path}' {command} {redirection}");

            Assert.Equal(1, result.ExitCode);
            string line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith("hint: ", StringComparison.Ordinal));
            Assert.StartsWith("tcplens: could not write to standard output", line, StringComparison.Ordinal);
            Assert.Contains(errno, line);
        }
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    public void Nobody_to_talk_to_is_no_error(string redirection)
        => Assert.Equal(0, CommandRun.Run("sh", "-c", $"exec '{Tool.Path}' count {redirection}").ExitCode);

    [RootTheory]
    [InlineData(130, "list", "--interval", "20ms", "--json")]
    [InlineData(130, "list", "--watch", "--json")]
    [InlineData(143, "count", "--interval", "20ms", "--json")]
    public void A_signal_ends_a_repetition_between_two_whole_documents(int exitCode, params string[] arguments)
    {
        using var ns = new TestNamespace();
        using BackgroundProcess listener = HostileProcess.Named("listener", ns);
        using var tool = new LiveTool(ns, arguments);
        tool.WaitFor(line => line.Contains("tcplens."), "the first document");
        Action<int> signal = exitCode == 130 ? Signals.Interrupt : Signals.Terminate;
        signal(tool.Pid);

        Assert.Equal((exitCode, ""), (tool.WaitForExit(), tool.Error));
        Assert.All(tool.Lines, line => Assert.StartsWith("tcplens.", Tool.Parse(line).Text("schema"), StringComparison.Ordinal));
    }

    [RootTheory]
    [InlineData("list --interval 20ms")]
    [InlineData("count --interval 20ms")]
    [InlineData("diff --after 20s")]
    public void Control_c_on_a_terminal_leaves_no_trace(string command)
    {
        using var ns = new TestNamespace();
        CommandResult result = new CommandRun(Tool.Path, command.Split(' '))
        {
            Namespace = ns,
            TerminalColumns = 80,
            InterruptAfter = command.StartsWith("diff", StringComparison.Ordinal) ? "first picture" : "0",
        }.Execute();

        Assert.Equal(130, result.ExitCode);
        Assert.DoesNotContain("   at ", result.Output);
        Assert.DoesNotContain("xception", result.Output);
    }

    private static Dictionary<string, string?> Terminal(string term, string? noColor = null)
        => new() { ["TERM"] = term, ["NO_COLOR"] = noColor, ["COLUMNS"] = null, ["FORCE_COLOR"] = null };

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex EscapeSequence();

    [RootFact]
    public void A_title_in_a_pipe_is_whole()
    {
        using var ns = new TestNamespace();
        using Socket listener = ns.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen();
            return socket;
        });

        Assert.Contains($"({Environment.ProcessId}), 1 socket\n", Tool.Run(ns, "list", "--tree").EnsureSuccess().Output);
    }
}
