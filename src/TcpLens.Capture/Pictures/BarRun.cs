namespace TcpLens.Capture;

/// <summary>Upright bars as one path: those that stand on each other at the same place are one.</summary>
internal sealed class BarRun
{
    /// <summary>Half a pixel on most screens.</summary>
    private const double Grain = 0.5;

    private readonly PathData _data = new();
    private double _x = double.NaN;
    private double _top;
    private double _bottom;

    public void Add(double x, double top, double bottom)
    {
        x = Math.Round(x / Grain) * Grain;
        if (x == _x && top <= _bottom + 1 && bottom >= _top - 1)
        {
            (_top, _bottom) = (Math.Min(_top, top), Math.Max(_bottom, bottom));
            return;
        }

        Flush();
        (_x, _top, _bottom) = (x, top, bottom);
    }

    /// <summary>The path of all that was added.</summary>
    public string Complete()
    {
        Flush();
        _x = double.NaN;
        return _data.ToString();
    }

    private void Flush()
    {
        if (!double.IsNaN(_x))
        {
            _data.MoveTo(_x, Math.Min(_top, _bottom - 2)).LineTo(_x, _bottom);
        }
    }
}
