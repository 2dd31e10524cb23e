using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What there is to say about an event, in a few words.</summary>
internal sealed class EventDetail(TraceNames names)
{
    private readonly KernelReasons _reasons = new(names);

    public void Write(Utf8Writer output, in TraceRecord record, in LifeTail tail, bool isConnect)
    {
        switch (record.Kind)
        {
            case TraceKind.StateChange when isConnect:
                WriteConnect(output, in record);
                break;
            case TraceKind.StateChange or TraceKind.TimeWaitCancelled:
                WriteChange(output, in record);
                break;
            case TraceKind.LifeEnded:
                WriteLife(output, in record, in tail);
                break;
            case TraceKind.Accepted:
                WriteTime(output, in record, "waited "u8, " in the accept queue"u8, "taken from the accept queue"u8);
                break;
            case TraceKind.Retransmitted:
                WriteSegment(output, in record);
                WriteCause(output, in record);
                break;
            case TraceKind.SynAckRetransmitted:
                output.Write("SYN-ACK sent again, "u8);
                WriteOrdinal(output, record.Attempt);
                output.Write(" time"u8);
                break;
            case TraceKind.ResetSent:
                WriteReset(output, in record);
                break;
            case TraceKind.ResetReceived:
                output.Write("received"u8);
                break;
            case TraceKind.SegmentDropped:
                WriteDrop(output, in record);
                break;
            case TraceKind.ErrorReported:
                WriteError(output, record.Errno);
                break;
            case TraceKind.LossDetected:
                output.Write(PhaseWords((CongestionPhase)record.Reason));
                break;
            case TraceKind.BadChecksum:
                output.Write("a segment with a wrong checksum was thrown away"u8);
                break;
        }
    }

    private static void WriteConnect(Utf8Writer output, in TraceRecord record)
    {
        if (record.To == TcpState.Established)
        {
            WriteTime(output, in record, "connected in "u8, default, "connected"u8);
            return;
        }

        output.WriteText(Closing.ReasonOf(in record) ?? (record.To == TcpState.SynReceived ? "both ends connect at once" : "ended"));
        WriteTime(output, in record, " after "u8, default, default);
    }

    private static void WriteChange(Utf8Writer output, in TraceRecord record)
    {
        output.Write(TraceStates.NameOf(record.From));
        output.Write(" -> "u8);
        output.Write(TraceStates.NameOf(record.To));
        WriteTime(output, in record, " after "u8, default, default);
        if (Closing.ReasonOf(in record) is { } reason)
        {
            output.Write(": "u8);
            output.WriteText(reason);
        }
    }

    private static void WriteLife(Utf8Writer output, in TraceRecord record, in LifeTail tail)
    {
        output.WriteText(Closing.KindOf(in record, in tail).Words());
        WriteTime(output, in record, " after "u8, default, default);
        if (tail.HasCounts)
        {
            output.Write("; sent "u8);
            output.WriteSize(tail.BytesAcknowledged);
            output.Write(", received "u8);
            output.WriteSize(tail.BytesReceived);
        }
    }

    private static void WriteCause(Utf8Writer output, in TraceRecord record)
    {
        output.Write(", "u8);
        if (record.Attempt > 0)
        {
            WriteOrdinal(output, record.Attempt);
            output.Write(" timeout"u8);
            return;
        }

        output.Write(record.Phase switch
        {
            CongestionPhase.Recovery => "fast retransmit"u8,
            CongestionPhase.Loss => "after a timeout"u8,
            _ => "loss probe"u8,
        });
    }

    private void WriteReset(Utf8Writer output, in TraceRecord record)
    {
        output.Write("sent"u8);
        if (_reasons.Of(in record) is { } reason)
        {
            output.Write(": "u8);
            WriteReason(output, reason.Name, reason.Phrase);
        }
    }

    private void WriteDrop(Utf8Writer output, in TraceRecord record)
    {
        if (_reasons.Of(in record) is { } reason)
        {
            WriteReason(output, reason.Name, reason.Phrase);
        }
        else
        {
            output.Write("reason "u8);
            output.WriteNumber((long)record.Reason);
        }

        output.Write(", "u8);
        WriteSegment(output, in record);
    }

    private static void WriteReason(Utf8Writer output, string name, string? phrase)
    {
        output.WriteText(name);
        if (phrase is not null)
        {
            output.Write(": "u8);
            output.WriteText(phrase);
        }
    }

    private static void WriteError(Utf8Writer output, ushort errno)
    {
        if (ErrnoWords.SymbolOf(errno) is not { } symbol)
        {
            output.Write("errno "u8);
            output.WriteNumber((long)errno);
            return;
        }

        WriteReason(output, symbol, ErrnoWords.TextOf(errno));
    }

    private static void WriteSegment(Utf8Writer output, in TraceRecord record)
    {
        output.Write("seq "u8);
        output.WriteNumber((long)record.Sequence);
        output.Write(" len "u8);
        output.WriteNumber((long)record.SegmentLength);
    }

    /// <summary>With the time it took, or what can be said without one.</summary>
    private static void WriteTime(Utf8Writer output, in TraceRecord record, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, ReadOnlySpan<byte> otherwise)
    {
        if (record.NanosecondsInOldState is { } time)
        {
            output.Write(before);
            output.WriteDuration(time / 1000);
            output.Write(after);
        }
        else
        {
            output.Write(otherwise);
        }
    }

    /// <summary>1st, 2nd, 3rd, 4th, 11th.</summary>
    private static void WriteOrdinal(Utf8Writer output, uint number)
    {
        output.WriteNumber((long)number);
        output.Write((number % 100, number % 10) switch
        {
            (11 or 12 or 13, _) => "th"u8,
            (_, 1) => "st"u8,
            (_, 2) => "nd"u8,
            (_, 3) => "rd"u8,
            _ => "th"u8,
        });
    }

    private static ReadOnlySpan<byte> PhaseWords(CongestionPhase phase) => phase switch
    {
        CongestionPhase.Open => "over: the window grows again"u8,
        CongestionPhase.Disorder => "duplicate acknowledgments: a loss, or other order"u8,
        CongestionPhase.ReducedWindow => "the window is reduced without a loss (CWR)"u8,
        CongestionPhase.Recovery => "fast recovery began"u8,
        CongestionPhase.Loss => "a timeout: all in flight counts as lost"u8,
        _ => "of a kind not known here"u8,
    };
}
