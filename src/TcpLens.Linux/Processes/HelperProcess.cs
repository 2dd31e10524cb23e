using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A child process that does what might hang, and whose answer is read with a deadline. A task that sleeps with a socket's lock
/// makes some readings wait in the kernel for ever, deaf even to SIGKILL; then the child is left behind, and we are not.
/// <code>
/// using HelperProcess helper = HelperProcess.Start("/bin/cat", [], input: iterator);
/// while (helper.Read(buffer, deadline) is > 0 and var length) { … }
/// </code>
/// </summary>
public sealed class HelperProcess : IDisposable
{
    /// <summary>Ended children that were not gone yet when we looked; asked again whenever another one is started or left.</summary>
    private static readonly List<int> Unreaped = [];

    private const int PipeCapacity = 1 << 20;   // What an ordinary user may ask for (fs.pipe-max-size).

    /// <summary>Octets before each message that is read by <see cref="ReadMessage"/>: its length, 32 bits in host order.</summary>
    internal const int LengthPrefix = 4;

    private readonly SafeFileHandle _output;

    private bool _isLeft;

    private HelperProcess(int pid, SafeFileHandle output)
    {
        Pid = pid;
        _output = output;
    }

    public int Pid { get; }

    /// <summary>Starts a program whose standard output we read; what it says on standard error is lost.</summary>
    /// <param name="path">The program's file.</param>
    /// <param name="arguments">Its arguments, without its own name.</param>
    /// <param name="input">Any descriptor (a file, a socket) to become its standard input; none means /dev/null.</param>
    /// <param name="isDetached">Give it a session of its own, so that it outlives the terminal; see <see cref="Leave"/>.</param>
    /// <exception cref="SystemCallException">It could not be started.</exception>
    public static HelperProcess Start(string path, ReadOnlySpan<string> arguments, SafeHandle? input = null, bool isDetached = false)
    {
        Reap();
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = NewPipe();
        using (writeEnd)
        {
            _ = Libc.fcntl(readEnd, Libc.F_SETPIPE_SZ, PipeCapacity);   // Fewer wake-ups; a refusal costs only that.
            int error = Spawn(path, arguments, input, writeEnd, isDetached, out int pid);
            if (error == 0)
            {
                return new HelperProcess(pid, readEnd);
            }

            readEnd.Dispose();
            throw new SystemCallException("start " + path, error);
        }
    }

    /// <summary>Starts this very program once more, with other arguments, whether it is one file or run by `dotnet`.</summary>
    /// <exception cref="SystemCallException">It could not be started.</exception>
    public static HelperProcess StartSelf(ReadOnlySpan<string> arguments, SafeHandle? input = null, bool isDetached = false)
    {
        string self = Environment.ProcessPath ?? "/proc/self/exe";
        return Path.GetFileName(self) == "dotnet"
            ? Start(self, [Environment.GetCommandLineArgs()[0], .. arguments], input, isDetached)
            : Start(self, arguments, input, isDetached);
    }

    /// <summary>Reads what has come; 0 at the end of the output, -1 when nothing came in time.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="timeout">How long to wait for the next octet.</param>
    /// <exception cref="SystemCallException">The pipe could not be read.</exception>
    public unsafe int Read(Span<byte> buffer, TimeSpan timeout)
    {
        long end = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        Libc.PollFd readable = new() { fd = (int)_output.DangerousGetHandle(), events = Libc.POLLIN };
        while (true)
        {
            int ready = Libc.poll(ref readable, 1, (int)Math.Max(0, end - Environment.TickCount64));
            if (ready == 0)
            {
                return -1;
            }

            nint got = -1;
            if (ready > 0)
            {
                fixed (byte* start = buffer)
                {
                    got = Libc.read(_output, start, (nuint)buffer.Length);
                }
            }

            if (got >= 0)
            {
                return (int)got;
            }

            if (Marshal.GetLastPInvokeError() is not Libc.EINTR and var errno)
            {
                throw new SystemCallException("read what the helper process wrote", errno);
            }
        }
    }

    /// <summary>Reads one message with its length before it; 0 when the child has ended.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="timeout">How long to wait for each part of it.</param>
    /// <exception cref="TimeoutException">Nothing came in time: the child hangs.</exception>
    /// <exception cref="SystemCallException">The pipe could not be read, or what came is no message that fits.</exception>
    internal int ReadMessage(Span<byte> buffer, TimeSpan timeout)
    {
        Span<byte> prefix = stackalloc byte[LengthPrefix];
        if (!ReadExactly(prefix, timeout))
        {
            return 0;
        }

        int length = MemoryMarshal.Read<int>(prefix);
        if (length <= 0 || length > buffer.Length)
        {
            throw new SystemCallException("read the helper's answer", Libc.EINVAL);
        }

        return ReadExactly(buffer[..length], timeout) ? length : 0;
    }

    /// <summary>From now on the child is on its own: <see cref="Dispose"/> does not end it.</summary>
    public void Leave() => _isLeft = true;

    /// <summary>Ends the child, unless it was left, and never waits for it.</summary>
    public void Dispose()
    {
        if (_output.IsClosed)
        {
            return;
        }

        _output.Dispose();
        _ = _isLeft ? 0 : Libc.kill(Pid, Libc.SIGKILL);
        lock (Unreaped)
        {
            Unreaped.Add(Pid);
        }

        Reap();
    }

    private bool ReadExactly(Span<byte> target, TimeSpan timeout)
    {
        while (!target.IsEmpty)
        {
            int read = Read(target, timeout);
            if (read < 0)
            {
                throw new TimeoutException();
            }

            if (read == 0)
            {
                return false;
            }

            target = target[read..];
        }

        return true;
    }

    private static void Reap()
    {
        lock (Unreaped)
        {
            Unreaped.RemoveAll(static pid => Libc.waitpid(pid, out _, Libc.WNOHANG) != 0);
        }
    }

    internal static unsafe (SafeFileHandle ReadEnd, SafeFileHandle WriteEnd) NewPipe()
    {
        int* ends = stackalloc int[2];
        return Libc.pipe2(ends, Libc.O_CLOEXEC) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw new SystemCallException("make a pipe", Marshal.GetLastPInvokeError());
    }

    private static unsafe int Spawn(string path, ReadOnlySpan<string> arguments, SafeHandle? input, SafeFileHandle output, bool isDetached, out int pid)
    {
        byte* actions = stackalloc byte[Libc.OpaqueSize];
        byte* attributes = stackalloc byte[Libc.OpaqueSize];
        byte* signals = stackalloc byte[Libc.OpaqueSize];
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_init(attributes);

        // .NET ignores SIGPIPE, and an ignored signal stays ignored in a child: it must die when we stop reading.
        _ = Libc.sigemptyset(signals);
        _ = Libc.posix_spawnattr_setsigmask(attributes, signals);
        _ = Libc.sigaddset(signals, Libc.SIGPIPE);
        _ = Libc.posix_spawnattr_setsigdefault(attributes, signals);

        // A group or a session of its own: Ctrl-C on a terminal is for us to answer, after the question at hand.
        _ = Libc.posix_spawnattr_setpgroup(attributes, 0);
        short apart = isDetached ? Libc.POSIX_SPAWN_SETSID : Libc.POSIX_SPAWN_SETPGROUP;
        _ = Libc.posix_spawnattr_setflags(attributes, (short)(apart | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK));

        const int ReadWrite = 2;
        _ = input is null
            ? Libc.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", ReadWrite, 0)
            : Libc.posix_spawn_file_actions_adddup2(actions, (int)input.DangerousGetHandle(), 0);
        _ = Libc.posix_spawn_file_actions_adddup2(actions, (int)output.DangerousGetHandle(), 1);
        _ = Libc.posix_spawn_file_actions_addopen(actions, 2, "/dev/null", ReadWrite, 0);

        byte** environment = NativeStrings(CurrentEnvironment());
        byte** argv = NativeStrings([path, .. arguments]);
        try
        {
            return Libc.posix_spawn(out pid, path, actions, attributes, argv, environment);
        }
        finally
        {
            FreeStrings(argv);
            FreeStrings(environment);
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private static string[] CurrentEnvironment()
    {
        List<string> variables = [];
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables.Add($"{variable.Key}={variable.Value}");
        }

        return [.. variables];
    }

    private static unsafe byte** NativeStrings(ReadOnlySpan<string> strings)
    {
        byte** list = (byte**)NativeMemory.AllocZeroed((nuint)strings.Length + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Length; i++)
        {
            int length = Encoding.UTF8.GetByteCount(strings[i]);
            list[i] = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
            Encoding.UTF8.GetBytes(strings[i], new Span<byte>(list[i], length));
        }

        return list;
    }

    private static unsafe void FreeStrings(byte** list)
    {
        for (byte** next = list; *next != null; next++)
        {
            NativeMemory.Free(*next);
        }

        NativeMemory.Free(list);
    }
}
