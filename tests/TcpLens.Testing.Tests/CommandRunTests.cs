namespace TcpLens.Testing.Tests;

public sealed class CommandRunTests
{
    [Fact]
    public void Output_error_and_exit_code_are_captured_apart()
    {
        CommandResult result = CommandRun.Run("sh", "-c", "printf out; printf err >&2; exit 3");

        Assert.Equal((3, "out", "err\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void Input_and_environment_reach_the_command()
    {
        var run = new CommandRun("sh", "-c", "cat; echo $GREETING; echo ${HOME-none}")
        {
            Input = "in\n",
            Environment = new Dictionary<string, string?> { ["GREETING"] = "hello", ["HOME"] = null },
        };

        Assert.Equal(["in", "hello", "none"], run.Execute().Lines);
    }

    [Fact]
    public void A_command_that_never_ends_is_killed_at_its_deadline()
    {
        var run = new CommandRun("sleep", "60") { Deadline = TimeSpan.FromMilliseconds(100) };

        Assert.Contains("sleep 60", Assert.Throws<TimeoutException>(run.Execute).Message);
    }

    [Fact]
    public void A_closed_pipe_reaches_the_command_as_sigpipe()
    {
        var run = new CommandRun("yes") { CloseOutputAfterLines = 1 };

        Assert.Equal(128 + 13, run.Execute().ExitCode);
    }

    [Theory]
    [InlineData(null, "ready\nstopped\n")]
    [InlineData(40, "ready\r\n^Cstopped\r\n")] // the terminal echoes the key
    public void Control_c_reaches_the_command_once_it_has_said_the_word(int? columns, string expected)
    {
        var run = new CommandRun("sh", "-c", "trap 'echo stopped; exit 7' INT; echo ready; while :; do sleep 0.01; done")
        {
            InterruptAfter = "ready",
            TerminalColumns = columns,
        };

        CommandResult result = run.Execute();

        Assert.Equal((7, expected), (result.ExitCode, result.Output));
    }

    [Fact]
    public void A_terminal_has_the_width_it_was_given()
    {
        CommandResult result = new CommandRun("sh", "-c", "test -t 1 && stty size && echo \"it's a tty\"; exit 4") { TerminalColumns = 20 }.Execute();

        Assert.Equal((4, "24 20\r\nit's a tty\r\n"), (result.ExitCode, result.Output));
    }

    [RootFact]
    public void An_unprivileged_command_has_no_capability_and_is_nobody()
    {
        CommandResult result = new CommandRun("sh", "-c", "id -u; grep -E '^Cap(Eff|Prm|Bnd|Inh|Amb)' /proc/self/status | cut -f2 | sort -u") { Unprivileged = true }.Execute();

        Assert.Equal(["65534", "0000000000000000"], result.Lines);
    }

    [Fact]
    public void A_question_on_a_terminal_is_answered_when_it_has_appeared()
    {
        bool isAsked = false;
        var run = new CommandRun("sh", "-c", "printf 'name? '; read name; echo hello $name")
        {
            TerminalColumns = 80,
            Dialogue = ("name?", Answer),
        };

        Assert.Contains("hello world", run.Execute().EnsureSuccess().Output);
        Assert.True(isAsked);

        string Answer()
        {
            isAsked = true;
            return "world\n";
        }
    }
}
