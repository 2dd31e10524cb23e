using System.Text;

namespace TcpLens.Capture;

/// <summary>The "d" of an SVG path, point by point; what could not be seen is left out.</summary>
internal sealed class PathData
{
    /// <summary>Points closer than this, in units of the viewBox, are one.</summary>
    private const double Grain = 0.1;

    private readonly StringBuilder _data = new();
    private double _x = double.NaN;
    private double _y = double.NaN;

    public bool IsEmpty => _data.Length == 0;

    public PathData MoveTo(double x, double y)
    {
        _data.Append('M').Append(SvgWriter.Number(x)).Append(' ').Append(SvgWriter.Number(y));
        (_x, _y) = (x, y);
        return this;
    }

    public PathData LineTo(double x, double y)
    {
        if (!(Math.Abs(x - _x) < Grain && Math.Abs(y - _y) < Grain))
        {
            _data.Append('L').Append(SvgWriter.Number(x)).Append(' ').Append(SvgWriter.Number(y));
            (_x, _y) = (x, y);
        }

        return this;
    }

    /// <summary>A staircase: what was before holds until <paramref name="x"/>.</summary>
    public PathData StepTo(double x, double y)
    {
        if (IsEmpty)
        {
            return MoveTo(x, y);
        }

        if (Math.Abs(y - _y) >= Grain)
        {
            LineTo(x, _y).LineTo(x, y);
        }

        return this;
    }

    /// <summary>Goes on at the height it has.</summary>
    public PathData HoldTo(double x) => IsEmpty ? this : LineTo(x, _y);

    public override string ToString() => _data.ToString();
}
