using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Time from left to right, in seconds since the connection's first segment. A silence longer than half of all the rest is cut out, so
/// that two minutes of nothing do not press two seconds of trouble into a line.
/// </summary>
internal sealed class PlotClock
{
    /// <summary>Width of a cut, enough for its label; and the most cuts of a plot.</summary>
    private const double CutWidth = 54;
    private const int MostCuts = 5;

    /// <summary>Free room at both sides of a piece.</summary>
    private const double Margin = 10;

    private readonly Instant _beginning;
    private readonly List<Piece> _pieces = [];

    public PlotClock(ConnectionRecord connection, IReadOnlyList<JudgedSegment> segments, double left, double right)
    {
        _beginning = connection.FirstSeen;
        double[] times = [.. segments.Select(judged => Since(in judged)).Append(0).Order()];
        List<int> cuts = Cuts(times);
        double quiet = cuts.Sum(cut => times[cut] - times[cut - 1]);
        double busy = Math.Max(times[^1] - times[0] - quiet, 1e-9);
        double scale = (right - left - (cuts.Count * CutWidth) - ((cuts.Count + 1) * 2 * Margin)) / busy;
        double x = left + Margin;
        int from = 0;
        foreach (int cut in cuts.Append(times.Length))
        {
            double length = (times[cut - 1] - times[from]) * scale;
            _pieces.Add(new(times[from], times[cut - 1], x, x + length));
            x += length + Margin + CutWidth + Margin;
            from = cut;
        }

        Step = PlotScale.RoundUp(busy / 8);
    }

    /// <summary>Seconds between two labels.</summary>
    public double Step { get; }

    public double Place(in JudgedSegment judged)
    {
        double time = Since(in judged);
        Piece piece = _pieces[^1];
        for (int at = 0; at < _pieces.Count && time < piece.From; at++)
        {
            piece = _pieces[_pieces.Count - 1 - at];
        }

        return piece.Place(Math.Clamp(time, piece.From, piece.To));
    }

    /// <summary>Where the cuts are, and how long each is in seconds.</summary>
    public IEnumerable<(double From, double To, double Seconds)> Gaps()
    {
        for (int at = 1; at < _pieces.Count; at++)
        {
            yield return (_pieces[at - 1].Right + Margin, _pieces[at].Left - Margin, _pieces[at].From - _pieces[at - 1].To);
        }
    }

    /// <summary>Places to label, at least one in each piece that has room.</summary>
    public IEnumerable<(double X, double Seconds)> Ticks(double least)
    {
        double last = double.MinValue;
        foreach (Piece piece in _pieces)
        {
            bool isEmpty = true;
            double first = Math.Ceiling((piece.From / Step) - 1e-9);
            for (double at = first; at * Step <= piece.To + (Step * 1e-9) && at < first + 20; at++)
            {
                double x = piece.Place(at * Step);
                if (x - last >= least)
                {
                    yield return (x, at == 0 ? 0 : at * Step);
                    (last, isEmpty) = (x, false);
                }
            }

            if (isEmpty && piece.Left - last >= least)
            {
                yield return (piece.Left, piece.From);
                last = piece.Left;
            }
        }
    }

    private double Since(in JudgedSegment judged) => (double)((Int128)judged.Segment.TimeNanoseconds - _beginning.Nanoseconds) / 1e9;

    /// <summary>The index of the first time after each cut, in order.</summary>
    private static List<int> Cuts(double[] times)
    {
        List<int> longest = [.. Enumerable.Range(1, times.Length - 1).OrderByDescending(at => times[at] - times[at - 1]).Take(MostCuts)];
        double rest = times[^1] - times[0];
        List<int> cuts = [];
        foreach (int at in longest)
        {
            double gap = times[at] - times[at - 1];
            if (times.Length < 8 || gap <= 0 || gap < (rest - gap) / 2)
            {
                break;
            }

            cuts.Add(at);
            rest -= gap;
        }

        cuts.Sort();
        return cuts;
    }

    private readonly record struct Piece(double From, double To, double Left, double Right)
    {
        public double Place(double time) => To > From ? Left + ((time - From) / (To - From) * (Right - Left)) : Left;
    }
}
