using System.Text;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>A descriptor of this process that a person types into.</summary>
public sealed class InputDescriptor(int number)
{
    private const int LongestLine = 4096;   // What a terminal hands over at once (N_TTY_BUF_SIZE).

    public static readonly InputDescriptor StandardInput = new(0);

    public bool IsTerminal => Libc.isatty(number) == 1;

    /// <summary>Waits for a line and gives it without its end; null at the end of the input. Ctrl-C ends the program as ever.</summary>
    public unsafe string? ReadLine()
    {
        byte* line = stackalloc byte[LongestLine];
        nint length = Libc.read(number, line, LongestLine);
        return length > 0 ? Encoding.UTF8.GetString(line, (int)length).TrimEnd('\r', '\n') : null;
    }
}
