namespace TcpLens.Cli.Rendering;

internal enum Align
{
    Left,
    Right,
}

/// <summary>Which end of a text is given up when a terminal is too narrow for it.</summary>
internal enum Cut
{
    /// <summary>None: the column keeps its width, and goes as a whole when it must (<see cref="Column.Priority"/>).</summary>
    Never,
    End,

    /// <summary>For paths, whose last part says most.</summary>
    Start,
}

/// <summary>A column of a table: how it looks, and what becomes of it on a narrow terminal. A pipe gets it whole.</summary>
internal sealed record Column(string Title)
{
    public Align Align { get; init; }

    public Cut Cut { get; init; }

    /// <summary>Cells that cutting leaves at least.</summary>
    public int MinWidth { get; init; } = 6;

    /// <summary>0: the table makes no sense without it. Otherwise the highest goes first when there is no room.</summary>
    public int Priority { get; init; }
}
