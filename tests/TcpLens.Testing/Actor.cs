using System.Diagnostics;

namespace TcpLens.Testing;

/// <summary>What the kernel refused an actor.</summary>
/// <param name="line">What the actor was told to do.</param>
/// <param name="errno">The symbol: ECONNREFUSED.</param>
public sealed class ActorException(string line, string errno) : Exception($"'{line}' failed with {errno}")
{
    public string Errno { get; } = errno;
}

/// <summary>
/// A program of the tests that does what it is told, one line at a time, and answers each by one line: <c>ok [VALUES]</c>,
/// <c>error ERRNO</c> or <c>wrong WHAT</c>. Every answer has a deadline of 20 s; an actor that misses one is killed.
/// </summary>
internal sealed class Actor : IDisposable
{
    private readonly Process _process;
    private readonly Lock _conversation = new();
    private bool _isEnded;

    /// <param name="ns">Where to run; null: where the test runs.</param>
    /// <param name="program">Name of the C source under native/.</param>
    /// <param name="arguments">Its arguments.</param>
    public Actor(TestNamespace? ns, string program, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(NativeProgram.Build(program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = ns is null ? Process.Start(start)! : ns.Run(() => Process.Start(start)!);
        Pid = _process.Id;
        Answer($"{program} {string.Join(' ', arguments)}");
    }

    public int Pid { get; }

    /// <summary>Tells it one line and returns the values of its answer.</summary>
    /// <exception cref="ActorException">The kernel refused.</exception>
    /// <exception cref="TimeoutException">No answer in time; the actor is dead now.</exception>
    public string[] Tell(string line)
    {
        lock (_conversation)
        {
            ObjectDisposedException.ThrowIf(_isEnded, this);
            _process.StandardInput.Write(line + '\n');
            _process.StandardInput.Flush();
            string[] words = Answer(line).Split(' ');
            return words[0] switch
            {
                "ok" => words[1..],
                "error" => throw new ActorException(line, words[1]),
                _ => throw new InvalidOperationException($"'{line}' is {string.Join(' ', words)}"),
            };
        }
    }

    /// <summary>Kills it: the kernel closes what it holds.</summary>
    public void Dispose()
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        _process.Kill();
        _process.WaitForExit(Until.Patience);
        _process.Dispose();
    }

    private string Answer(string line)
    {
        Task<string?> answer = _process.StandardOutput.ReadLineAsync();
        if (answer.Wait(Until.Patience))
        {
            return answer.Result ?? throw new InvalidOperationException($"'{line}' ended its actor");
        }

        Dispose();
        throw new TimeoutException($"'{line}' was not answered within {Until.Patience.TotalSeconds:0} s; the actor was killed");
    }
}
