using System.Diagnostics;
using System.Text;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>The program while it runs and writes line after line. It is ended with the test, if it has not ended before.</summary>
internal sealed class LiveTool : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly StringBuilder _errorText = new();
    private readonly Task _error;

    public LiveTool(TestNamespace? ns, params IReadOnlyList<string> arguments)
    {
        // Whoever started the tests may have had these signals ignored, which children inherit; a user's shell has not.
        var start = new ProcessStartInfo("env", ["--default-signal=PIPE,INT", Tool.Path, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = ns is null ? Process.Start(start)! : ns.Run(() => Process.Start(start)!);
        _process.OutputDataReceived += (_, e) =>
        {
            lock (_lines)
            {
                _lines.AddRange(e.Data is null ? [] : [e.Data]);
            }
        };
        _process.BeginOutputReadLine();
        _error = Task.Run(ReadError);
    }

    public int Pid => _process.Id;

    /// <summary>All it said on standard error, once it has ended.</summary>
    public string Error
    {
        get
        {
            _error.Wait(Until.Patience);
            return ErrorSoFar;
        }
    }

    public string ErrorSoFar
    {
        get
        {
            lock (_errorText)
            {
                return _errorText.ToString();
            }
        }
    }

    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public void WaitFor(Func<string, bool> line, string what) => Until.True(() => Array.Exists(Lines, line.Invoke), what);

    /// <summary>Its exit code, when it ends by itself or by a signal the test has sent.</summary>
    public int WaitForExit()
    {
        if (!_process.WaitForExit(Until.Patience))
        {
            throw new TimeoutException($"tcplens did not end within {Until.Patience.TotalSeconds:0} s");
        }

        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(Until.Patience);
        }

        _process.Dispose();
    }

    private void ReadError()
    {
        char[] buffer = new char[1024];
        while (_process.StandardError.Read(buffer) is > 0 and var length)
        {
            lock (_errorText)
            {
                _errorText.Append(buffer, 0, length);
            }
        }
    }
}
