using TcpLens.Cli.Rendering;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class StandardErrorTests
{
    [Fact]
    public async Task Talk_is_plain_lines_where_there_is_no_terminal_and_progress_and_notes_are_not_shown()
    {
        string said = await Said(TerminalStyle.Plain);
        Assert.Equal("warning: 12 sockets\\x1b[31m\nhint: run as root\ntcplens: could not\nsecond line\n", said);
    }

    [Fact]
    public async Task On_a_terminal_progress_is_one_line_that_is_gone_before_anything_else_is_said()
    {
        string said = await Said(new TerminalStyle(Color: false, Unicode: true, Columns: 20));
        Assert.Equal(
            "\r\e[Kreading processes, \r\e[Kdone\r\e[Kwarning: 12 sockets\\x1b[31m\nhint: run as root\n5 events\ntcplens: could not\nsecond line\n\r\e[Kmore\r\e[K", said);
    }

    private static async Task<string> Said(TerminalStyle style)
    {
        using var pipe = new InheritedPipe();
        var error = new StandardError(pipe.Descriptor, style);
        error.Progress("reading processes, 412 of 1,200");
        error.Progress("done");
        error.Warning("12 sockets\e[31m");
        error.Hint("run as root");
        error.Note("5 events");
        error.Error("could not\nsecond line");
        error.Progress("more");
        error.EndProgress();
        error.EndProgress();
        pipe.CloseWriter();
        return await pipe.ReadAsync();
    }
}
