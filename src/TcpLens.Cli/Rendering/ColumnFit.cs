namespace TcpLens.Cli.Rendering;

/// <summary>
/// Fits columns into a line. In this order, until it fits: cut the columns that may be cut, the widest first, down to their minimum;
/// drop optional columns; cut whatever is left; drop from the right. Pure; whatever the width, the result fits.
/// </summary>
internal static class ColumnFit
{
    public const int Dropped = -1;

    /// <summary>Cells between two columns.</summary>
    public const int Gap = 2;

    /// <param name="columns">The columns, from left to right.</param>
    /// <param name="natural">Cells that each would like to have.</param>
    /// <param name="room">Cells in the line; null for a line without end.</param>
    /// <returns>Cells for each column, or <see cref="Dropped"/>.</returns>
    public static int[] Fit(ReadOnlySpan<Column> columns, ReadOnlySpan<int> natural, int? room)
    {
        int[] widths = natural.ToArray();
        if (room is not { } line)
        {
            return widths;
        }

        int[] floors = new int[columns.Length];
        for (int i = 0; i < floors.Length; i++)
        {
            floors[i] = columns[i].Cut == Cut.Never ? natural[i] : Math.Min(natural[i], columns[i].MinWidth);
        }

        while (Total(widths) > line && !Shrink(widths, floors, line) && Expendable(columns, widths) is >= 0 and var victim)
        {
            widths[victim] = Dropped;
        }

        floors.AsSpan().Fill(1);
        while (Total(widths) > line && !Shrink(widths, floors, line) && Array.FindLastIndex(widths, width => width != Dropped) is > 0 and var last)
        {
            widths[last] = Dropped;
        }

        return widths;
    }

    /// <summary>Takes cells from the widest column that can spare one; does nothing and says false when that is not enough.</summary>
    private static bool Shrink(int[] widths, int[] floors, int line)
    {
        int excess = Total(widths) - line;
        int spare = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            spare += Math.Max(0, widths[i] - floors[i]);
        }

        if (spare < excess)
        {
            return false;
        }

        for (; excess > 0; excess--)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                if (widths[i] > floors[i] && (widest < 0 || widths[i] > widths[widest]))
                {
                    widest = i;
                }
            }

            widths[widest]--;
        }

        return true;
    }

    /// <summary>The column of the highest priority number that is still there, the rightmost of equals; -1 when the rest must stay.</summary>
    private static int Expendable(ReadOnlySpan<Column> columns, int[] widths)
    {
        int victim = -1, shown = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            shown += widths[i] == Dropped ? 0 : 1;
            if (widths[i] != Dropped && columns[i].Priority > 0 && (victim < 0 || columns[i].Priority >= columns[victim].Priority))
            {
                victim = i;
            }
        }

        return shown > 1 ? victim : -1;
    }

    private static int Total(int[] widths)
    {
        int total = -Gap;
        foreach (int width in widths)
        {
            total += width == Dropped ? 0 : width + Gap;
        }

        return total;
    }
}
