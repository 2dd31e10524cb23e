using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Asks sockets of other processes for their keep-alive options: exact, where sock_diag only lets one infer them from a timer. A
/// helper process copies the holder's descriptor (pidfd_getfd(2), Linux 5.6, with the right to trace it: ptrace(2),
/// PTRACE_MODE_ATTACH) and closes the copy at once. Should the holder close its own in between, the connection ends some
/// microseconds later than it would have.
/// </summary>
public sealed class KeepAliveReader : IDisposable
{
    /// <summary>Sockets to ask at most; some 30 µs each.</summary>
    public const int Most = 20_000;

    private readonly HelperConversation _helper = new(KeepAliveHelper.Verb);
    private readonly HashSet<int> _forbidden = [];
    private bool _isOver;

    /// <summary>Sockets asked so far.</summary>
    public int Asked { get; private set; }

    /// <summary>Sockets of processes that this one may not trace.</summary>
    public int Forbidden { get; private set; }

    /// <summary>Sockets left out because of <see cref="Most"/>.</summary>
    public int BeyondMost { get; private set; }

    /// <summary>Why no socket can be asked at all; null while they can.</summary>
    public string? WhyNone { get; private set; }

    /// <summary>The options of a socket; null when they cannot be had, or not any more.</summary>
    /// <param name="entry">The socket.</param>
    /// <param name="holder">One process that holds it.</param>
    public KeepAliveOptions? Read(in SocketEntry entry, SocketHolder holder)
    {
        int pid = holder.Process.Pid;
        if (_isOver || _forbidden.Contains(pid))
        {
            Forbidden += _isOver ? 0 : 1;
            return null;
        }

        if (Asked == Most)
        {
            BeyondMost++;
            return null;
        }

        KeepAliveHelper.Answer answer = Ask(new KeepAliveHelper.Question { Pid = pid, Descriptor = holder.Descriptor, Cookie = entry.Cookie });
        switch (answer.Errno)
        {
            case 0:
                Asked++;
                return new KeepAliveOptions(answer.KeepAlive != 0, answer.IdleSeconds, answer.IntervalSeconds, answer.Probes, answer.UserTimeoutMilliseconds);
            case Libc.EPERM or Libc.EACCES:
                _forbidden.Add(pid);
                Forbidden++;
                return null;
            case Libc.ENOSYS:
                GiveUp("this kernel has no pidfd_getfd (Linux 5.6), or a sandbox forbids it");
                return null;
            default:
                return null;   // Closed meanwhile, or a lock that a task sleeps with: what the timer tells has to do.
        }
    }

    public void Dispose() => _helper.Dispose();

    private KeepAliveHelper.Answer Ask(KeepAliveHelper.Question question)
    {
        Span<KeepAliveHelper.Answer> answer = stackalloc KeepAliveHelper.Answer[1];
        Span<byte> octets = MemoryMarshal.AsBytes(answer);
        try
        {
            int length = _helper.Ask(MemoryMarshal.AsBytes(new ReadOnlySpan<KeepAliveHelper.Question>(in question)), octets);
            return length == octets.Length ? answer[0] : new KeepAliveHelper.Answer { Errno = Libc.EPIPE };
        }
        catch (TimeoutException)
        {
            if (_helper.IsGivenUp)
            {
                GiveUp("too many sockets are locked");
            }

            return new KeepAliveHelper.Answer { Errno = Libc.ETIMEDOUT };
        }
        catch (SystemCallException failure)
        {
            GiveUp(failure.Message);
            return new KeepAliveHelper.Answer { Errno = failure.Errno };
        }
    }

    private void GiveUp(string why)
    {
        _isOver = true;
        WhyNone = why;
    }
}
