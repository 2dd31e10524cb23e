using System.Globalization;

namespace TcpLens.Capture;

/// <summary>Axes with labels and units, around what a plot draws.</summary>
internal sealed class PlotFrame
{
    public const double Width = 900;
    public const double Left = 104;
    public const double Right = 884;
    private const double Top = 54;
    private const double Foot = 42;

    private readonly double _height;

    /// <param name="height">Of the picture, its legend not included.</param>
    /// <param name="times">From left to right.</param>
    /// <param name="values">The span of what stands upright.</param>
    public PlotFrame(double height, PlotClock times, (double From, double To) values)
    {
        _height = height;
        Times = times;
        Values = new(values.From, values.To, height - Foot, Top);
    }

    public PlotClock Times { get; }

    public PlotScale Values { get; }

    private double Bottom => _height - Foot;

    /// <summary>The title, a grid, and the axes with their units.</summary>
    public void Draw(SvgWriter picture, string title, string unit)
    {
        picture.Text(0, 14, "name", title, Width);
        double step = Values.Step(_height > 250 ? 6 : 4);
        foreach (double value in Values.Ticks(step))
        {
            double y = Values.Place(value);
            picture.Line(Left, y, Right, y, "grid");
            picture.Text(Left - 8, y + 4, "quiet end", Label(value, step), Left - 24);
        }

        foreach ((double x, double seconds) in Times.Ticks(70))
        {
            picture.Line(x, Bottom, x, Bottom + 4, "axis");
            picture.Text(x, Bottom + 18, "quiet middle", Label(seconds, Times.Step), 90);
        }

        picture.Line(Left, Bottom, Right, Bottom, "axis");
        picture.Line(Left, Top, Left, Bottom, "axis");
        picture.Text((Left + Right) / 2, Bottom + 34, "quiet middle", "seconds since the first segment");
        picture.Text(Left, 32, "quiet", unit);
        Cuts(picture);
    }

    /// <summary>Silences that are cut out, and how long they are.</summary>
    private void Cuts(SvgWriter picture)
    {
        foreach ((double from, double to, double seconds) in Times.Gaps())
        {
            picture.BeginGroup("cut", $"{PictureWords.Time(seconds * 1e9)} of silence");
            picture.Box(from, Top, to - from, Bottom - Top, "");
            picture.Text((from + to) / 2, Top - 5, "small middle", PictureWords.Time(seconds * 1e9), to - from + 10, 10);
            picture.EndGroup();
        }
    }

    /// <summary>What the cuts are, where there are any.</summary>
    public void Explain(PlotLegend legend)
    {
        if (Times.Gaps().Any())
        {
            legend.Add(
                static (picture, x, y) =>
                {
                    picture.BeginGroup("cut");
                    picture.Box(x - 8, y - 6, 16, 12, "");
                    picture.EndGroup();
                },
                "silence, cut short");
        }
    }

    /// <summary>As many digits behind the point as tell neighbours apart.</summary>
    private static string Label(double value, double step)
    {
        int digits = step > 0 ? Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 9) : 0;
        return value.ToString($"N{digits}", CultureInfo.InvariantCulture);
    }
}
