namespace TcpLens.Capture;

/// <summary>The signs in plots: told apart by their form, then by their colour.</summary>
internal static class PlotShapes
{
    private const double Reach = 4.5;

    public static string Diamond(double x, double y)
        => new PathData().MoveTo(x, y - Reach).LineTo(x + Reach, y).LineTo(x, y + Reach).LineTo(x - Reach, y) + "Z";

    public static string TriangleDown(double x, double y)
        => new PathData().MoveTo(x - Reach, y - Reach).LineTo(x + Reach, y - Reach).LineTo(x, y + Reach) + "Z";

    public static string Cross(double x, double y)
        => $"{new PathData().MoveTo(x - Reach, y - Reach).LineTo(x + Reach, y + Reach)}{new PathData().MoveTo(x - Reach, y + Reach).LineTo(x + Reach, y - Reach)}";

    public static string Square(double x, double y)
        => new PathData().MoveTo(x - 3.5, y - 3.5).LineTo(x + 3.5, y - 3.5).LineTo(x + 3.5, y + 3.5).LineTo(x - 3.5, y + 3.5) + "Z";

    /// <summary>An upright bar; short ones are drawn as long as can be seen.</summary>
    public static string Bar(double x, double top, double bottom)
        => new PathData().MoveTo(x, Math.Min(top, bottom - 2)).LineTo(x, bottom).ToString();

    /// <summary>A small tick to the right, as on a ruler.</summary>
    public static string Tick(double x, double y) => new PathData().MoveTo(x, y).LineTo(x + 5, y).ToString();
}
