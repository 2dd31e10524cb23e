namespace TcpLens.Capture;

/// <summary>Maps values to places of a picture, and chooses round numbers to label.</summary>
/// <param name="least">The value at <paramref name="from"/>.</param>
/// <param name="most">The value at <paramref name="to"/>; never the same as the least.</param>
/// <param name="from">Place of the least, in units of the viewBox.</param>
/// <param name="to">Place of the most.</param>
internal readonly struct PlotScale(double least, double most, double from, double to)
{
    public double Least { get; } = least;

    public double Most { get; } = most > least ? most : least + 1;

    /// <summary>What is beyond the ends stays at the ends.</summary>
    public double Place(double value) => from + ((Math.Clamp(value, Least, Most) - Least) / (Most - Least) * (to - from));

    /// <summary>Round values from least to most, at most <paramref name="count"/> + 1: steps of 1, 2 or 5 times a power of ten.</summary>
    public List<double> Ticks(int count)
    {
        double rough = (Most - Least) / Math.Max(1, count);
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        List<double> ticks = [];
        for (double at = Math.Ceiling(Least / step), last = Math.Floor((Most / step) + 1e-9); at <= last && ticks.Count <= count + 1; at++)
        {
            ticks.Add(at == 0 ? 0 : at * step);     // No −0.
        }

        return ticks;
    }
}
