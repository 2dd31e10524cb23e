using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Events as lines: what, to which socket, in which state, and what there is to say about it.</summary>
/// <param name="look">Where lines go, and how they look.</param>
/// <param name="owners">Says whose a socket is.</param>
/// <param name="names">The kernel's names for reasons.</param>
/// <param name="topics">What was asked for: the end of a SYN-SENT is a "connect" where connects were.</param>
internal sealed class EventSink(TraceLook look, TraceOwners owners, TraceNames names, TraceTopics topics)
    : LineSink(look, owners, new TraceColumn("EVENT", 10), new TraceColumn("STATE", 10), new TraceColumn("DETAIL", 0))
{
    private readonly EventDetail _detail = new(names);
    private readonly bool _tellsConnects = topics.HasFlag(TraceTopics.Connects);

    public override void Write(in TraceRecord record, in LifeTail tail)
    {
        bool isConnect = _tellsConnects && record is { Kind: TraceKind.StateChange, From: TcpState.SynSent };
        bool isChange = record.Kind is TraceKind.StateChange or TraceKind.TimeWaitCancelled or TraceKind.LifeEnded;
        TraceLine line = Begin(in record);
        line.To(StartOf(0));
        Event(ref line, record.Kind, isConnect);
        line.To(StartOf(1));
        State(ref line, isChange ? record.To : record.From, isInked: true);
        line.To(StartOf(2));
        Output.Advance(line.Length);
        _detail.Write(Output, in record, in tail, isConnect);
        EndLine();
    }

    private void Event(ref TraceLine line, TraceKind kind, bool isConnect)
    {
        Ink ink = !HasColor || isConnect ? Ink.Normal : kind switch
        {
            TraceKind.SegmentDropped or TraceKind.ErrorReported or TraceKind.ResetSent or TraceKind.ResetReceived or TraceKind.BadChecksum => Ink.Red,
            TraceKind.Retransmitted or TraceKind.SynAckRetransmitted or TraceKind.LossDetected => Ink.Yellow,
            _ => Ink.Normal,
        };
        if (ink == Ink.Normal)
        {
            line.Word(isConnect ? "connect"u8 : NameOf(kind));
            return;
        }

        line.Ink(ink);
        line.Word(NameOf(kind));
        line.EndInk();
    }

    /// <summary>The word by which --events asks for it.</summary>
    private static ReadOnlySpan<byte> NameOf(TraceKind kind) => kind switch
    {
        TraceKind.LifeEnded => "life"u8,
        TraceKind.Accepted => "accept"u8,
        TraceKind.Retransmitted => "retransmit"u8,
        TraceKind.SynAckRetransmitted => "synack"u8,
        TraceKind.ResetSent or TraceKind.ResetReceived => "reset"u8,
        TraceKind.SegmentDropped => "drop"u8,
        TraceKind.ErrorReported => "error"u8,
        TraceKind.LossDetected => "loss"u8,
        TraceKind.BadChecksum => "checksum"u8,
        _ => "change"u8,
    };
}
