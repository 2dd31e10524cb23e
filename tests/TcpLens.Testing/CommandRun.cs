using System.Diagnostics;
using System.Text;

namespace TcpLens.Testing;

/// <summary>What a command left behind: its exit code (128 + n when signal n ended it) and what it wrote.</summary>
public sealed record CommandResult(string CommandLine, int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public CommandResult EnsureSuccess() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"'{CommandLine}' ended with {ExitCode}: {(Error.Length > 0 ? Error : Output)}");
}

/// <summary>
/// One command, run to its end under a deadline: as another user, in a namespace, on a terminal, with signals, as the test asks.
/// A command that outlives its deadline is killed with its children, and <see cref="Execute"/> throws.
/// </summary>
public sealed class CommandRun(string command, params IReadOnlyList<string> arguments)
{
    /// <summary>Where to run; null: where the test runs.</summary>
    public TestNamespace? Namespace { get; init; }

    /// <summary>Added to the environment; a null value removes the variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingDirectory { get; init; }

    /// <summary>Written to standard input, which is then closed (a terminal stays open until the command ends).</summary>
    public string Input { get; init; } = "";

    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs as nobody: no capability, no supplementary group, and no way to gain any.</summary>
    public bool Unprivileged { get; init; }

    /// <summary>Columns of a terminal to run on (standard output and error then arrive as one, with CR LF); null: pipes.</summary>
    public int? TerminalColumns { get; init; }

    /// <summary>Closes the reading end after this many lines of output, as <c>| head -n</c> does; null: reads everything.</summary>
    public int? CloseOutputAfterLines { get; init; }

    /// <summary>
    /// Ctrl-C when this text has appeared on standard output; null: never. On a terminal the key is pressed, elsewhere SIGINT is sent.
    /// </summary>
    public string? InterruptAfter { get; init; }

    /// <summary>
    /// A question on a terminal, and its answer: when the text has appeared, the function is called, which may change something first,
    /// and what it returns is typed. Null: nothing is asked.
    /// </summary>
    public (string Question, Func<string> Answer)? Dialogue { get; init; }

    public static CommandResult Run(string command, params IReadOnlyList<string> arguments)
        => new CommandRun(command, arguments).Execute();

    public CommandResult Execute()
    {
        string[] line = CommandLine();
        using Process process = Namespace is null ? Start(line) : Namespace.Run(() => Start(line));
        var error = new StringBuilder();
        process.ErrorDataReceived += (_, e) => error.Append(e.Data is null ? "" : e.Data + "\n");
        process.BeginErrorReadLine();
        Task<string> output = Task.Run(() => ReadOutput(process));
        Feed(process);

        if (!process.WaitForExit(Deadline))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{string.Join(' ', line)}' did not end within {Deadline.TotalSeconds:0} s; it was killed");
        }

        process.WaitForExit();
        return new CommandResult(string.Join(' ', line), process.ExitCode, output.Result, error.ToString());
    }

    private string[] CommandLine()
    {
        // Whoever started the tests may have had these signals ignored, which children inherit; a user's shell has not.
        string[] line = ["env", "--default-signal=PIPE,INT", command, .. arguments];
        if (Unprivileged)
        {
            line = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", .. line];
        }

        if (TerminalColumns is int columns)
        {
            string quoted = string.Join(' ', line.Select(word => $"'{word.Replace("'", "'\\''")}'"));
            line = ["script", "-qefc", $"stty cols {columns} rows 24; exec {quoted}", "/dev/null"];
        }

        return line;
    }

    private Process Start(string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = WorkingDirectory ?? "",
        };
        foreach ((string name, string? value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private string ReadOutput(Process process)
    {
        var text = new StringBuilder();
        char[] buffer = new char[4096];
        bool interrupted = false, answered = false;
        int lines = 0;
        using StreamReader reader = process.StandardOutput;
        while ((CloseOutputAfterLines is null || lines < CloseOutputAfterLines) && reader.Read(buffer) is int length and > 0)
        {
            text.Append(buffer, 0, length);
            lines += buffer.AsSpan(0, length).Count('\n');
            if (!interrupted && InterruptAfter is not null && text.ToString().Contains(InterruptAfter))
            {
                interrupted = true;
                PressControlC(process);
            }

            if (!answered && Dialogue is (var question, var answer) && text.ToString().Contains(question))
            {
                answered = true;
                process.StandardInput.Write(answer());
                process.StandardInput.Flush();
            }
        }

        return text.ToString();
    }

    private void PressControlC(Process process)
    {
        if (TerminalColumns is null)
        {
            Signals.Interrupt(process.Id);
        }
        else
        {
            process.StandardInput.Write('\u0003');
            process.StandardInput.Flush();
        }
    }

    private void Feed(Process process)
    {
        try
        {
            process.StandardInput.Write(Input);
            process.StandardInput.Flush();
            if (TerminalColumns is null)
            {
                process.StandardInput.Close();
            }
        }
        catch (IOException)
        {
            // the command ended, or closed its input, without reading it: its exit code tells the story
        }
    }
}
