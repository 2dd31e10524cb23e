using TcpLens.Cli.Rendering;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class TerminalStyleTests
{
    [Theory]
    // The option beats everything.
    [InlineData(nameof(ColorChoice.Always), false, "NO_COLOR=1 TERM=dumb", true)]
    [InlineData(nameof(ColorChoice.Never), true, "FORCE_COLOR=1 TERM=xterm", false)]
    // NO_COLOR beats FORCE_COLOR, when it is not empty.
    [InlineData(nameof(ColorChoice.Auto), true, "NO_COLOR=1 FORCE_COLOR=1 TERM=xterm", false)]
    [InlineData(nameof(ColorChoice.Auto), true, "NO_COLOR=0 TERM=xterm", false)]
    [InlineData(nameof(ColorChoice.Auto), true, "NO_COLOR= TERM=xterm", true)]
    // FORCE_COLOR and CLICOLOR_FORCE reach into pipes and beat TERM=dumb.
    [InlineData(nameof(ColorChoice.Auto), false, "FORCE_COLOR=1", true)]
    [InlineData(nameof(ColorChoice.Auto), false, "FORCE_COLOR=", false)]
    [InlineData(nameof(ColorChoice.Auto), true, "FORCE_COLOR=1 TERM=dumb", true)]
    [InlineData(nameof(ColorChoice.Auto), false, "CLICOLOR_FORCE=1", true)]
    [InlineData(nameof(ColorChoice.Auto), false, "CLICOLOR_FORCE=0", false)]
    // Then the terminal decides.
    [InlineData(nameof(ColorChoice.Auto), true, "TERM=dumb", false)]
    [InlineData(nameof(ColorChoice.Auto), true, "TERM=xterm-256color", true)]
    [InlineData(nameof(ColorChoice.Auto), true, "", true)]
    [InlineData(nameof(ColorChoice.Auto), false, "TERM=xterm-256color", false)]
    public void Colour_is_decided_by_the_first_that_speaks(string choice, bool isTerminal, string environment, bool expected)
        => Assert.Equal(expected, TerminalStyle.Decide(Enum.Parse<ColorChoice>(choice), isTerminal, 80, Variables(environment)).Color);

    [Theory]
    [InlineData(true, 120, "", 120, 120)]
    [InlineData(true, 120, "COLUMNS=60", 120, 120)]
    [InlineData(true, null, "COLUMNS=60", 60, 60)]
    [InlineData(true, null, "", 80, 80)]
    [InlineData(true, null, "COLUMNS=wide", 80, 80)]
    [InlineData(true, null, "COLUMNS=-3", 80, 80)]
    [InlineData(false, null, "", null, 80)]
    [InlineData(false, null, "COLUMNS=132", null, 132)]
    public void Lines_end_where_the_terminal_ends_and_nowhere_in_a_pipe(bool isTerminal, int? columns, string environment, int? expected, int page)
    {
        var style = TerminalStyle.Decide(ColorChoice.Auto, isTerminal, columns, Variables(environment));
        Assert.Equal(expected, style.Columns);
        Assert.Equal(page, style.PageColumns);
    }

    [Theory]
    [InlineData(true, "LANG=en_US.UTF-8", true)]
    [InlineData(true, "LANG=C.utf8", true)]
    [InlineData(true, "LC_ALL=C LANG=en_US.UTF-8", false)]
    [InlineData(true, "LC_ALL= LC_CTYPE=de_DE.UTF-8 LANG=C", true)]
    [InlineData(true, "", false)]
    [InlineData(true, "TERM=linux LANG=en_US.UTF-8", false)]
    [InlineData(false, "LANG=en_US.UTF-8", false)]
    public void Blocks_are_drawn_where_locale_and_terminal_have_them(bool isTerminal, string environment, bool expected)
        => Assert.Equal(expected, TerminalStyle.Decide(ColorChoice.Auto, isTerminal, 80, Variables(environment)).Unicode);

    private static Func<string, string?> Variables(string text)
    {
        var variables = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1]);
        return name => variables.GetValueOrDefault(name);
    }
}
