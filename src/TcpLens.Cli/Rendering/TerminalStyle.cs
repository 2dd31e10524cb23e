using TcpLens.Linux;

namespace TcpLens.Cli.Rendering;

/// <summary>What the user said about colour: <c>--color always|auto|never</c>; <c>--no-color</c> is Never.</summary>
internal enum ColorChoice
{
    Auto,
    Always,
    Never,
}

/// <summary>What the place where text goes can show.</summary>
/// <param name="Color">Send colours, bold and dim.</param>
/// <param name="Unicode">Block elements and the like may be used; otherwise our own text is ASCII.</param>
/// <param name="Columns">Cells in a line; null when lines may be as long as they like, as in a pipe.</param>
internal readonly record struct TerminalStyle(bool Color, bool Unicode, int? Columns)
{
    /// <summary>What a file or a pipe gets.</summary>
    public static readonly TerminalStyle Plain = new(Color: false, Unicode: false, Columns: null);

    /// <summary>Width to lay a page out for where lines have no limit: COLUMNS, or 80.</summary>
    public int PageColumns { get; init; } = 80;

    /// <summary>True for TERM=dumb, which cannot erase a line.</summary>
    public bool IsDumb { get; init; }

    public static TerminalStyle Of(OutputDescriptor descriptor, ColorChoice choice)
        => Decide(choice, descriptor.IsTerminal, descriptor.Columns, Environment.GetEnvironmentVariable);

    /// <summary>
    /// Pure. Colour, first that speaks: the option, NO_COLOR (no-color.org), FORCE_COLOR (force-color.org) or CLICOLOR_FORCE
    /// (bixense.com/clicolors), TERM=dumb, whether it is a terminal. Variables that are set and empty say nothing.
    /// </summary>
    public static TerminalStyle Decide(ColorChoice choice, bool isTerminal, int? terminalColumns, Func<string, string?> environment)
    {
        int? stated = int.TryParse(environment("COLUMNS"), out int columns) && columns > 0 ? columns : null;
        int width = terminalColumns ?? stated ?? 80;
        return new TerminalStyle(WantsColor(choice, isTerminal, environment), isTerminal && SpeaksUnicode(environment), isTerminal ? width : null)
        {
            PageColumns = width,
            IsDumb = environment("TERM") is "dumb",
        };
    }

    /// <summary>Writes our own words in an ink, which ends with them.</summary>
    public void Write(Utf8Writer output, Ink ink, ReadOnlySpan<byte> utf8)
    {
        if (!Color || ink == Ink.Normal)
        {
            output.Write(utf8);
            return;
        }

        output.Write(ink.Start());
        output.Write(utf8);
        output.Write(InkSequences.Reset);
    }

    private static bool WantsColor(ColorChoice choice, bool isTerminal, Func<string, string?> environment)
    {
        if (choice != ColorChoice.Auto)
        {
            return choice == ColorChoice.Always;
        }

        if (environment("NO_COLOR") is { Length: > 0 })
        {
            return false;
        }

        if (environment("FORCE_COLOR") is { Length: > 0 } || environment("CLICOLOR_FORCE") is { Length: > 0 } and not "0")
        {
            return true;
        }

        return isTerminal && environment("TERM") is not "dumb";
    }

    /// <summary>The first of LC_ALL, LC_CTYPE, LANG that is set decides (locale(7)). The Linux console's font lacks most of the blocks.</summary>
    private static bool SpeaksUnicode(Func<string, string?> environment)
    {
        if (environment("TERM") is "linux" or "dumb")
        {
            return false;
        }

        foreach (string variable in (ReadOnlySpan<string>)["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (environment(variable) is { Length: > 0 } locale)
            {
                return locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }
}
