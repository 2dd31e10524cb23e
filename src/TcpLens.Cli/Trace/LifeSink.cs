using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A line for each connection that ended: how long it lived, what it carried, how it was closed, and on which path.</summary>
internal sealed class LifeSink(TraceLook look, TraceOwners owners)
    : LineSink(
        look, owners,
        new TraceColumn("LIVED", 7, IsRight: true), new TraceColumn("TX", 7, IsRight: true), new TraceColumn("RX", 7, IsRight: true),
        new TraceColumn("RTT", 6, IsRight: true), new TraceColumn("RETR", 4, IsRight: true), new TraceColumn("HOW", 20), new TraceColumn("PATH", 0))
{
    private const int HowMax = 60;

    public override void Write(in TraceRecord record, in LifeTail tail)
    {
        TraceLine line = Begin(in record);
        line.Duration(StartOf(0), WidthOf(0), record.NanosecondsInOldState, isAtLeast: record.Has(TraceMarks.SinceFirstSight));
        line.Size(StartOf(1), WidthOf(1), tail.HasCounts ? tail.BytesAcknowledged : null);
        line.Size(StartOf(2), WidthOf(2), tail.HasCounts ? tail.BytesReceived : null);
        line.Duration(StartOf(3), WidthOf(3), record.RttMicroseconds == 0 ? null : record.RttMicroseconds * 1000ul);
        line.Number(StartOf(4), WidthOf(4), tail.HasCounts ? tail.Retransmits : null);
        line.To(StartOf(5));
        line.Text(Closing.KindOf(in record, in tail).Words(), HowMax);
        line.To(StartOf(6));
        WritePath(ref line, tail.Path);
        End(ref line, last: null);
    }

    private static void WritePath(ref TraceLine line, StatePath path)
    {
        if (path.Count == 0)
        {
            line.Octet((byte)'-');
        }

        for (int i = 0; i < path.Count; i++)
        {
            line.Word(i > 0 ? ">"u8 : default);
            line.Word(TraceStates.NameOf(path[i]));
        }
    }
}
