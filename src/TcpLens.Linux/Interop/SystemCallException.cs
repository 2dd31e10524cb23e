using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>The operating system said no: what was tried, the errno, and what the user can do next.</summary>
public sealed class SystemCallException : IOException
{
    public SystemCallException()
        : this("a system call", 0)
    {
    }

    public SystemCallException(string message)
        : this(message, 0)
    {
    }

    public SystemCallException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="tried">What was being done, as the end of "could not …".</param>
    /// <param name="errno">Linux errno.</param>
    /// <param name="advice">What to do next; may be empty.</param>
    public SystemCallException(string tried, int errno, string advice = "")
        : base($"could not {tried}: {Marshal.GetPInvokeErrorMessage(errno)} ({Libc.NameOf(errno)}){(advice.Length == 0 ? "" : "; " + advice)}")
        => Errno = errno;

    public int Errno { get; }

    /// <summary>True when nothing came in time (ETIMEDOUT).</summary>
    public bool IsTimeout => Errno == Interop.Libc.ETIMEDOUT;
}
