using System.Globalization;
using System.Text;
using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Two small plots below the sequence numbers: round-trip times, and octets under way, of both ends.</summary>
public static class PacePlots
{
    private const double Height = 200;

    /// <summary>Round-trip times over time; nothing when there are fewer than two samples.</summary>
    public static void WriteRoundTrips(TextWriter output, ConnectionRecord connection, IReadOnlyList<JudgedSegment> segments)
    {
        double most = segments.Select(static judged => (double)judged.Verdict.RttNanoseconds).DefaultIfEmpty(0).Max();
        if (segments.Count(static judged => judged.Verdict.RttNanoseconds > 0) < 2)
        {
            return;
        }

        (double scale, string unit) = most switch { >= 2e9 => (1e9, "s"), >= 1e6 => (1e6, "ms"), _ => (1e3, "µs") };
        PlotFrame frame = new(Height, new PlotClock(connection, segments, PlotFrame.Left, PlotFrame.Right), (0, most / scale * 1.08));
        StringBuilder originator = new(), responder = new();
        foreach (JudgedSegment judged in segments)
        {
            if (judged.Verdict.RttNanoseconds > 0)
            {
                double x = frame.Times.Place(in judged), y = frame.Values.Place(judged.Verdict.RttNanoseconds / scale);
                _ = judged.Verdict.Sender == ConnectionEnd.Responder ? originator.Append(Dot(x, y)) : responder.Append(Ring(x, y));
            }
        }

        PlotLegend legend = new();
        Explain(legend, originator.Length > 0, "dots", Dot, "from the originator's data to the answer");
        Explain(legend, responder.Length > 0, "rings", Ring, "from the responder's data to the answer");
        Write(output, frame, legend, "Round-trip times, as seen where the capture was taken", unit, (originator.ToString(), "dots"), (responder.ToString(), "rings"));
    }

    /// <summary>Octets under way over time; nothing when there never were any.</summary>
    public static void WriteInFlight(TextWriter output, ConnectionRecord connection, IReadOnlyList<JudgedSegment> segments)
    {
        double most = segments.Select(static judged => (double)judged.Verdict.InFlight).DefaultIfEmpty(0).Max();
        if (most <= 1)
        {
            return;
        }

        PlotFrame frame = new(Height, new PlotClock(connection, segments, PlotFrame.Left, PlotFrame.Right), (0, most * 1.08));
        PathData originator = Staircase(ConnectionEnd.Originator), responder = Staircase(ConnectionEnd.Responder);

        PlotLegend legend = new();
        Explain(legend, !originator.IsEmpty, "solid", Dash, "of the originator");
        Explain(legend, !responder.IsEmpty, "dashed", Dash, "of the responder");
        Write(output, frame, legend, "Octets under way, when the sender sent", "octets", (originator.ToString(), "solid"), (responder.ToString(), "dashed"));

        PathData Staircase(ConnectionEnd end)
        {
            PathData path = new();
            if (TimeSequencePlot.CanShow(end, segments))
            {
                foreach (JudgedSegment judged in segments.Where(judged => judged.Verdict.Sender == end))
                {
                    path.StepTo(frame.Times.Place(in judged), frame.Values.Place(judged.Verdict.InFlight));
                }
            }

            return path;
        }
    }

    private static void Write(TextWriter output, PlotFrame frame, PlotLegend legend, string title, string unit, params ReadOnlySpan<(string Path, string Style)> curves)
    {
        SvgWriter picture = new(output);
        frame.Explain(legend);
        picture.Open(PlotFrame.Width, Height + 6 + legend.Height, "plot", title);
        frame.Draw(picture, title, unit);
        foreach ((string path, string style) in curves)
        {
            picture.Path(path, style);
        }

        legend.Draw(picture, Height + 2);
        picture.Close();
    }

    private static void Explain(PlotLegend legend, bool isThere, string style, Func<double, double, string> sample, string words)
    {
        if (isThere)
        {
            legend.Add((picture, x, y) => picture.Path(sample(x, y), style), words);
        }
    }

    private static string Dash(double x, double y) => new PathData().MoveTo(x - 8, y).LineTo(x + 8, y).ToString();

    /// <summary>A stroke of no length with round ends is a dot.</summary>
    private static string Dot(double x, double y) => $"M{SvgWriter.Number(x)} {SvgWriter.Number(y)}h0";

    private static string Ring(double x, double y)
        => string.Create(CultureInfo.InvariantCulture, $"M{SvgWriter.Number(x - 2.5)} {SvgWriter.Number(y)}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0");
}
