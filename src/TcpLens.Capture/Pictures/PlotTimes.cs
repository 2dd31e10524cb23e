using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Time in plots: seconds since the connection's first segment.</summary>
internal static class PlotTimes
{
    public static double Since(ConnectionRecord connection, in JudgedSegment judged)
        => (double)((Int128)judged.Segment.TimeNanoseconds - connection.FirstSeen.Nanoseconds) / 1e9;

    /// <summary>From the first to the last, with a little room at both sides; a microsecond at least.</summary>
    public static (double From, double To) Of(ConnectionRecord connection, IReadOnlyList<JudgedSegment> segments)
    {
        (double from, double to) = (0, 1e-6);
        foreach (JudgedSegment judged in segments)
        {
            double since = Since(connection, in judged);
            (from, to) = (Math.Min(from, since), Math.Max(to, since));
        }

        double margin = (to - from) * 0.015;
        return (from - margin, to + margin);
    }
}
