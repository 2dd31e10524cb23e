using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// The helper's side of <see cref="KeepAliveReader"/>: takes a copy of another process's descriptor, asks the socket for its
/// options, and closes the copy at once. None of these options takes the socket's lock in Linux, but a BPF program on the cgroup's
/// getsockopt, or MPTCP, makes the kernel take it, and then this process may hang.
/// </summary>
public static class KeepAliveHelper
{
    /// <summary>First and only argument that turns the program into the helper.</summary>
    public const string Verb = "--keepalive-helper";

    /// <summary>Which socket: process, descriptor, and the cookie it must have.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Question
    {
        public int Pid;
        public int Descriptor;
        public ulong Cookie;
    }

    /// <summary>Errno, and the options when it is 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Answer
    {
        public int Errno;
        public int KeepAlive;
        public int IdleSeconds;
        public int IntervalSeconds;
        public int Probes;
        public int UserTimeoutMilliseconds;
    }

    /// <summary>Runs until standard input ends or standard output closes; the exit code of the helper.</summary>
    public static int Run()
    {
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read);
        Span<Question> question = stackalloc Question[1];
        Span<byte> octets = MemoryMarshal.AsBytes(question);
        Span<byte> message = stackalloc byte[HelperProcess.LengthPrefix + Unsafe.SizeOf<Answer>()];
        MemoryMarshal.Write(message, message.Length - HelperProcess.LengthPrefix);
        while (input.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false) == octets.Length)
        {
            MemoryMarshal.Write(message[HelperProcess.LengthPrefix..], AnswerTo(in question[0]));
            if (OutputDescriptor.StandardOutput.Write(message) != 0)
            {
                return 1;
            }
        }

        return 0;
    }

    private static Answer AnswerTo(in Question question)
    {
        int process = Libc.pidfd_open(question.Pid);
        if (process < 0)
        {
            return new Answer { Errno = Marshal.GetLastPInvokeError() };
        }

        int copy = Libc.pidfd_getfd(process, question.Descriptor);
        int errno = copy < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Libc.close(process);
        if (copy < 0)
        {
            return new Answer { Errno = errno };
        }

        Answer answer = Read(copy, question.Cookie);
        _ = Libc.close(copy);
        return answer;
    }

    private static Answer Read(int socket, ulong cookie)
    {
        var answer = default(Answer);

        // The process may have closed the descriptor and opened another one of that number since its sockets were looked up.
        if (!TryRead(socket, Libc.SOL_SOCKET, Libc.SO_COOKIE, out ulong found) || found != cookie)
        {
            answer.Errno = Libc.ESTALE;
        }
        else if (!TryRead(socket, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE, out answer.KeepAlive)
            || !TryRead(socket, Libc.IPPROTO_TCP, Libc.TCP_KEEPIDLE, out answer.IdleSeconds)
            || !TryRead(socket, Libc.IPPROTO_TCP, Libc.TCP_KEEPINTVL, out answer.IntervalSeconds)
            || !TryRead(socket, Libc.IPPROTO_TCP, Libc.TCP_KEEPCNT, out answer.Probes)
            || !TryRead(socket, Libc.IPPROTO_TCP, Libc.TCP_USER_TIMEOUT, out answer.UserTimeoutMilliseconds))
        {
            answer.Errno = Marshal.GetLastPInvokeError();
        }

        return answer;
    }

    private static unsafe bool TryRead<T>(int socket, int level, int option, out T value)
        where T : unmanaged
    {
        uint length = (uint)sizeof(T);
        fixed (T* start = &value)
        {
            *start = default;
            return Libc.getsockopt(socket, level, option, start, ref length) == 0;
        }
    }
}
