namespace TcpLens.Cli.Rendering;

/// <summary>Horizontal bars: eighths of a cell where the terminal has them, '#' elsewhere.</summary>
internal static class Bars
{
    /// <summary>Part of the bar that a value fills, from 0 to 1.</summary>
    public static double Linear(long value, long maximum) => maximum <= 0 ? 0 : Math.Clamp((double)value / maximum, 0, 1);

    /// <summary>The same on a logarithmic scale, where 3 sockets can be seen beside 300,000.</summary>
    public static double Logarithmic(long value, long maximum)
        => value <= 0 || maximum <= 0 ? 0 : Math.Min(1, Math.Log(1.0 + value) / Math.Log(1.0 + maximum));

    /// <summary>Writes the bar without padding and gives the cells it took. What is not nothing shows at least a sliver.</summary>
    public static int Write(Utf8Writer output, double fraction, int cells, bool unicode)
    {
        if (!(fraction > 0) || cells <= 0)
        {
            return 0;
        }

        int steps = unicode ? 8 : 1;
        int filled = Math.Clamp((int)Math.Round(fraction * cells * steps), 1, cells * steps);
        for (int cell = 0; cell < filled / steps; cell++)
        {
            output.Write(unicode ? "█"u8 : "#"u8);
        }

        if (filled % steps is not 0 and int eighths)
        {
            // U+2589 is seven eighths, and so on down to U+258F, one eighth.
            output.Write([0xe2, 0x96, (byte)(0x90 - eighths)]);
            return (filled / steps) + 1;
        }

        return filled / steps;
    }
}
