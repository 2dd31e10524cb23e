using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A descriptor of this process that text goes to. System.Console is no road for data: it swallows EPIPE, so that a program whose
/// reader has gone writes on for ever.
/// </summary>
public sealed class OutputDescriptor(int number)
{
    private const int Interrupted = 4;         // EINTR
    private const int WouldBlock = 11;         // EAGAIN

    public static readonly OutputDescriptor StandardOutput = new(1);
    public static readonly OutputDescriptor StandardError = new(2);

    /// <summary>
    /// True when whoever started the process gave it this descriptor. A descriptor that was closed then (<c>&gt;&amp;-</c>) may
    /// since belong to something the runtime opened for itself, and writing would go there. What the runtime opens is
    /// close-on-exec; what came through execve cannot be.
    /// </summary>
    public bool IsInherited => Libc.fcntl(number, Libc.F_GETFD) is var flags and >= 0 && (flags & Libc.FD_CLOEXEC) == 0;

    public bool IsTerminal => Libc.isatty(number) == 1;

    /// <summary>Width of the terminal in cells; null when it is no terminal or does not know.</summary>
    public int? Columns => Libc.ioctl(number, Libc.TIOCGWINSZ, out Libc.WinSize size) == 0 && size.ws_col > 0 ? size.ws_col : null;

    /// <summary>Height of the terminal in lines; null when it is no terminal or does not know.</summary>
    public int? Rows => Libc.ioctl(number, Libc.TIOCGWINSZ, out Libc.WinSize size) == 0 && size.ws_row > 0 ? size.ws_row : null;

    /// <summary>Writes all of it, however slow the reader. Gives 0, or the errno that stopped it (EPIPE: the reader has gone).</summary>
    public unsafe int Write(ReadOnlySpan<byte> octets)
    {
        fixed (byte* start = octets)
        {
            for (int done = 0; done < octets.Length;)
            {
                nint written = Libc.write(number, start + done, (nuint)(octets.Length - done));
                if (written >= 0)
                {
                    done += (int)written;
                    continue;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno == WouldBlock)
                {
                    // Somebody else made the open file non-blocking (a terminal is often shared with such a program).
                    var room = new Libc.PollFd { fd = number, events = Libc.POLLOUT };
                    _ = Libc.poll(ref room, 1, timeoutMilliseconds: -1);
                }
                else if (errno != Interrupted)
                {
                    return errno;
                }
            }
        }

        return 0;
    }
}
