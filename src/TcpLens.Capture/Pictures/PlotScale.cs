namespace TcpLens.Capture;

/// <summary>Maps values to heights of a picture, and chooses round numbers to label.</summary>
/// <param name="least">The value at <paramref name="from"/>.</param>
/// <param name="most">The value at <paramref name="to"/>; never the same as the least.</param>
/// <param name="from">Place of the least, in units of the viewBox.</param>
/// <param name="to">Place of the most.</param>
internal readonly struct PlotScale(double least, double most, double from, double to)
{
    private readonly double _most = most > least ? most : least + 1;

    /// <summary>What is beyond the ends stays at the ends.</summary>
    public double Place(double value) => from + ((Math.Clamp(value, least, _most) - least) / (_most - least) * (to - from));

    /// <summary>Seconds, octets or what it is between two labels, so that there are at most <paramref name="count"/> + 1: 1, 2 or 5 times a power of ten.</summary>
    public double Step(int count) => RoundUp((_most - least) / count);

    /// <summary>Round values from least to most.</summary>
    public List<double> Ticks(double step)
    {
        List<double> ticks = [];
        double first = Math.Ceiling(least / step);
        for (double at = first; at * step <= _most + (step * 1e-9) && at < first + 20; at++)
        {
            ticks.Add(at == 0 ? 0 : at * step);     // No −0.
        }

        return ticks;
    }

    /// <summary>1, 2 or 5 times a power of ten, not less than what is asked for.</summary>
    public static double RoundUp(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
    }
}
