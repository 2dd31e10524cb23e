namespace TcpLens.Capture;

/// <summary>Which shape is what, below a plot: only shapes that occur in it.</summary>
internal sealed class PlotLegend
{
    private const double Row = 20;
    private const double Gap = 24;
    private const double Sample = 22;

    private readonly List<(Action<SvgWriter, double, double> Draw, string Words)> _entries = [];

    /// <param name="draw">Draws a sample, around the point that it is handed.</param>
    /// <param name="words">What it is.</param>
    public void Add(Action<SvgWriter, double, double> draw, string words) => _entries.Add((draw, words));

    public double Height => _entries.Count == 0 ? 0 : (Places()[^1].Row + 1) * Row;

    public void Draw(SvgWriter picture, double top)
    {
        List<(double X, int Row)> places = Places();
        for (int at = 0; at < _entries.Count; at++)
        {
            double y = top + (places[at].Row * Row) + 10;
            _entries[at].Draw(picture, places[at].X + 8, y);
            picture.Text(places[at].X + Sample, y + 4, "quiet", _entries[at].Words, PlotFrame.Right - PlotFrame.Left - Sample);
        }
    }

    private List<(double X, int Row)> Places()
    {
        List<(double, int)> places = [];
        (double x, int row) = (PlotFrame.Left, 0);
        foreach ((_, string words) in _entries)
        {
            double width = Sample + SvgWriter.WidthOf(words, 12);
            if (x > PlotFrame.Left && x + width > PlotFrame.Right)
            {
                (x, row) = (PlotFrame.Left, row + 1);
            }

            places.Add((x, row));
            x += width + Gap;
        }

        return places;
    }
}
