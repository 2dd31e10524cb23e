using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Which numbers of a stream a plot shows: what was sent and acknowledged. The window's edge is shown too, unless it is so far above
/// that the data would be a flat line.
/// </summary>
internal readonly record struct SequenceRange(double Least, double Top, double WindowEdge)
{
    /// <summary>A window this many times as large as the data leaves the picture.</summary>
    private const double MostAbove = 1.5;

    public bool IsWindowBeyond => WindowEdge > Top;

    public static SequenceRange Of(IReadOnlyList<JudgedSegment> segments, ConnectionEnd end)
    {
        (double least, double most, double edge) = (double.MaxValue, double.MinValue, double.MinValue);
        foreach (JudgedSegment judged in segments)
        {
            CapturedSegment segment = judged.Segment;
            if (segment.Has(ControlBits.Rst))
            {
                continue;       // A forged one can have any number.
            }

            SegmentVerdict verdict = judged.Verdict;
            if (verdict.Sender == end)
            {
                least = Math.Min(least, verdict.RelativeSequence);
                most = Math.Max(most, (double)verdict.RelativeSequence + segment.SequenceLength);
            }
            else if (segment.Has(ControlBits.Ack))
            {
                least = Math.Min(least, verdict.RelativeAcknowledgment);
                most = Math.Max(most, verdict.RelativeAcknowledgment);
                edge = Math.Max(edge, (double)verdict.RelativeAcknowledgment + verdict.Window);
            }
        }

        if (most < least)
        {
            return new(0, 1, 0);
        }

        double span = Math.Max(most - least, 1);
        bool isWindowShown = edge <= most + (span * MostAbove);
        return new(least, (isWindowShown ? Math.Max(most, edge) : most) + (span * 0.06), edge);
    }
}
