using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>State changes as lines, in the order in which tcpstates has its columns.</summary>
internal sealed class ChangeSink(TraceLook look, TraceOwners owners)
    : LineSink(look, owners, new TraceColumn("OLD", StateWidth), new TraceColumn("-> NEW", 3 + StateWidth), new TraceColumn("MS", TimeWidth, IsRight: true), new TraceColumn("REASON", 0))
{
    private const int StateWidth = 10;   // FIN-WAIT-2
    private const int TimeWidth = 10;    // 999999.999: a quarter of an hour

    public override void Write(in TraceRecord record, in LifeTail tail)
    {
        TraceLine line = Begin(in record);
        line.To(StartOf(0));
        State(ref line, record.From, isInked: false);
        line.To(StartOf(1));
        line.Word("-> "u8);
        State(ref line, record.To, isInked: true);
        line.Milliseconds(StartOf(2), WidthOf(2), record.NanosecondsInOldState);
        string? reason = Closing.ReasonOf(in record);
        if (reason is not null)
        {
            line.To(StartOf(3));
        }

        End(ref line, reason, Ink.Yellow);
    }
}
