namespace TcpLens.Capture;

/// <summary>One bar.</summary>
/// <param name="Label">At its left.</param>
/// <param name="Amount">Its length; the longest fills the room.</param>
/// <param name="Value">At the right, as text.</param>
/// <param name="Style">A class of <see cref="PictureStyle"/>: plain, notice, trouble.</param>
public readonly record struct PictureBar(string Label, double Amount, string Value, string Style = "plain");

/// <summary>Amounts as horizontal bars, each with its name and its number in words.</summary>
public static class BarPicture
{
    private const double Width = 900;
    private const double Row = 22;
    private const double Label = 232;
    private const double Value = 210;

    /// <summary>Writes the bars as one SVG element, from top to bottom; bars are as long as their amounts, and none that is not zero is invisible.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="title">What is counted, for who does not see it.</param>
    /// <param name="bars">From top to bottom.</param>
    public static void Write(TextWriter output, string title, IReadOnlyList<PictureBar> bars)
    {
        ArgumentNullException.ThrowIfNull(bars);
        SvgWriter picture = new(output);
        picture.Open(Width, Math.Max(1, bars.Count) * Row, "bars", title);
        double most = bars.Select(static bar => bar.Amount).DefaultIfEmpty(0).Max();
        double y = 0;
        foreach (PictureBar bar in bars)
        {
            picture.Text(Label - 12, y + 15, "end", bar.Label, Label - 12);
            if (bar.Amount > 0)
            {
                picture.Box(Label, y + 4, Math.Max(1.5, bar.Amount / most * (Width - Label - Value)), Row - 8, bar.Style);
            }

            picture.Text(Width, y + 15, "quiet end", bar.Value, Value - 12);
            y += Row;
        }

        picture.Close();
    }
}
