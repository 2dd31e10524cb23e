using System.Diagnostics;

namespace TcpLens.Testing;

/// <summary>
/// A program that says one line when it is ready and then stays until it is ended: SIGTERM first, SIGKILL five seconds later.
/// </summary>
public sealed class BackgroundProcess : IDisposable
{
    private readonly Process _process;
    private bool _isEnded;

    private BackgroundProcess(Process process, string greeting) => (_process, Id, Greeting) = (process, process.Id, greeting);

    public int Id { get; }

    /// <summary>The first line it wrote.</summary>
    public string Greeting { get; }

    /// <param name="ns">Where to run; null: where the test runs.</param>
    /// <param name="command">A program that writes a line when it is ready.</param>
    /// <param name="arguments">Its arguments.</param>
    public static BackgroundProcess Start(TestNamespace? ns, string command, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        Process process = ns is null ? Process.Start(start)! : ns.Run(() => Process.Start(start)!);
        Task<string?> greeting = process.StandardOutput.ReadLineAsync();
        if (greeting.Wait(TimeSpan.FromMinutes(2)) && greeting.Result is string line)
        {
            return new BackgroundProcess(process, line);
        }

        process.Kill(entireProcessTree: true);
        process.Dispose();
        throw new InvalidOperationException($"'{command} {string.Join(' ', arguments)}' did not become ready");
    }

    /// <summary>Ends the program; a test may do so earlier than its last line.</summary>
    public void Dispose()
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        Signals.Terminate(Id);
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(TimeSpan.FromSeconds(5));
        }

        _process.Dispose();
    }
}
