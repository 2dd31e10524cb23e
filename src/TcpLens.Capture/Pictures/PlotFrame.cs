using System.Globalization;

namespace TcpLens.Capture;

/// <summary>Axes with labels and units, around what a plot draws.</summary>
internal sealed class PlotFrame
{
    public const double Width = 900;
    public const double Left = 104;
    public const double Right = 884;
    private const double Top = 42;
    private const double Foot = 42;

    private readonly double _height;

    /// <param name="height">Of the picture, its legend not included.</param>
    /// <param name="seconds">The span of time, from and to.</param>
    /// <param name="values">The span of what stands upright.</param>
    public PlotFrame(double height, (double From, double To) seconds, (double From, double To) values)
    {
        _height = height;
        X = new(seconds.From, seconds.To, Left, Right);
        Y = new(values.From, values.To, height - Foot, Top);
    }

    public PlotScale X { get; }

    public PlotScale Y { get; }

    public double Bottom => _height - Foot;

    /// <summary>The title, a grid, and the axes with their units.</summary>
    public void Draw(SvgWriter picture, string title, string unit)
    {
        picture.Text(0, 14, "name", title, Width);
        List<double> times = X.Ticks(8), values = Y.Ticks(_height > 250 ? 6 : 4);
        foreach (double value in values)
        {
            double y = Y.Place(value);
            picture.Line(Left, y, Right, y, "grid");
            picture.Text(Left - 8, y + 4, "quiet end", Label(value, values), Left - 24);
        }

        foreach (double time in times)
        {
            double x = X.Place(time);
            picture.Line(x, Bottom, x, Bottom + 4, "axis");
            picture.Text(x, Bottom + 18, "quiet middle", Label(time, times), 90);
        }

        picture.Line(Left, Bottom, Right, Bottom, "axis");
        picture.Line(Left, Top, Left, Bottom, "axis");
        picture.Text((Left + Right) / 2, Bottom + 34, "quiet middle", "seconds since the first segment");
        picture.Text(Left, Top - 9, "quiet", unit);
    }

    /// <summary>As many digits behind the point as tell neighbours apart.</summary>
    private static string Label(double value, List<double> ticks)
    {
        double step = ticks.Count > 1 ? ticks[1] - ticks[0] : Math.Abs(value);
        int digits = step > 0 ? Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 9) : 0;
        return value.ToString($"N{digits}", CultureInfo.InvariantCulture);
    }
}
