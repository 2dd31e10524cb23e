using System.Text;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The members of a record's JSON object that only its kind has.</summary>
internal sealed class TraceJsonDetail(TraceNames names)
{
    private const int TextMax = 200;

    private readonly KernelReasons _reasons = new(names);

    private static readonly (TraceMarks Mark, byte[] Name)[] MarkNames =
    [
        (TraceMarks.ByProcess, "by_process"u8.ToArray()),
        (TraceMarks.ByKernel, "by_kernel"u8.ToArray()),
        (TraceMarks.LingersNot, "lingers_not"u8.ToArray()),
        (TraceMarks.Orphan, "orphan"u8.ToArray()),
        (TraceMarks.NothingInFlight, "nothing_in_flight"u8.ToArray()),
        (TraceMarks.PeerWindowClosed, "peer_window_closed"u8.ToArray()),
        (TraceMarks.MiniSocket, "mini_socket"u8.ToArray()),
        (TraceMarks.Destroyed, "destroyed"u8.ToArray()),
        (TraceMarks.BecameMiniSocket, "became_mini_socket"u8.ToArray()),
        (TraceMarks.SinceFirstSight, "since_first_sight"u8.ToArray()),
    ];

    /// <summary>A pair of states is in the table, or one of Linux's own: asked for every change, so looked up once.</summary>
    private static readonly bool[] KnownPairs = [.. Enumerable.Range(0, 256).Select(static pair => LinuxStateChanges.OriginOf((TcpState)(pair >> 4), (TcpState)(pair & 15)) != StateChangeOrigin.Unknown)];

    public static void WriteMarks(ref TraceJsonLine json, TraceMarks marks)
    {
        json.BeginArray("marks"u8);
        foreach ((TraceMarks mark, byte[] name) in MarkNames)
        {
            if ((marks & mark) != TraceMarks.None)
            {
                json.Item(name);
            }
        }

        json.EndArray();
    }

    public void Write(ref TraceJsonLine json, in TraceRecord record, in LifeTail tail)
    {
        switch (record.Kind)
        {
            case TraceKind.StateChange or TraceKind.TimeWaitCancelled:
                WriteChange(ref json, in record);
                return;
            case TraceKind.LifeEnded:
                WriteLife(ref json, in record, in tail);
                return;
        }

        WriteState(ref json, record.From);
        switch (record.Kind)
        {
            case TraceKind.Accepted:
                json.Number("waited_ns"u8, record.NanosecondsInOldState);
                break;
            case TraceKind.Retransmitted:
                WriteSegment(ref json, in record);
                json.Number("attempt"u8, record.Attempt);
                json.Word("phase"u8, PhaseName(record.Phase));
                break;
            case TraceKind.SynAckRetransmitted:
                json.Number("attempt"u8, record.Attempt);
                break;
            case TraceKind.ResetSent:
                WriteReason(ref json, in record);
                break;
            case TraceKind.SegmentDropped:
                WriteReason(ref json, in record);
                WriteSegment(ref json, in record);
                break;
            case TraceKind.ErrorReported:
                WriteError(ref json, record.Errno);
                WriteText(ref json, "error_text"u8, ErrnoWords.TextOf(record.Errno));
                break;
            case TraceKind.LossDetected:
                json.Word("phase"u8, PhaseName((CongestionPhase)record.Reason));
                break;
        }
    }

    private static void WriteChange(ref TraceJsonLine json, in TraceRecord record)
    {
        WriteState(ref json, record.To);
        json.Word("old_state"u8, TcpStateNames.Utf8Name(record.From, StateSpelling.Snake));
        json.Word("new_state"u8, TcpStateNames.Utf8Name(record.To, StateSpelling.Snake));
        json.Number("in_old_state_ns"u8, record.NanosecondsInOldState);
        json.Flag("in_table"u8, KnownPairs[(((int)record.From & 15) << 4) | ((int)record.To & 15)]);
        WriteText(ref json, "reason"u8, Closing.ReasonOf(in record));
        WriteError(ref json, record.Errno);
    }

    private static void WriteLife(ref TraceJsonLine json, in TraceRecord record, in LifeTail tail)
    {
        WriteState(ref json, record.To);
        json.Number("lived_ns"u8, record.NanosecondsInOldState);
        json.Number("established_ns"u8, tail.EstablishedNanoseconds == 0 ? null : record.AtNanoseconds - Math.Min(tail.EstablishedNanoseconds, record.AtNanoseconds));
        ClosingKind how = Closing.KindOf(in record, in tail);
        WriteText(ref json, "how"u8, how.Id());
        WriteText(ref json, "how_text"u8, how.Words());
        json.BeginArray("path"u8);
        for (int i = 0; i < tail.Path.Count; i++)
        {
            json.Item(TcpStateNames.Utf8Name(tail.Path[i], StateSpelling.Snake));
        }

        json.EndArray();
        json.Number("sent_bytes"u8, tail.HasCounts ? tail.BytesAcknowledged : null);
        json.Number("received_bytes"u8, tail.HasCounts ? tail.BytesReceived : null);
        json.Number("retransmitted_bytes"u8, tail.HasCounts ? tail.BytesRetransmitted : null);
        json.Number("segments_sent"u8, tail.HasCounts ? tail.SegmentsSent : null);
        json.Number("segments_received"u8, tail.HasCounts ? tail.SegmentsReceived : null);
        json.Number("retransmitted_segments"u8, tail.HasCounts ? tail.Retransmits : null);
        json.NumberOrNull("min_rtt_us"u8, tail.MinRttMicroseconds);
        WriteError(ref json, record.Errno);
    }

    private static void WriteState(ref TraceJsonLine json, TcpState state)
        => json.Word("state"u8, state == default ? default : TcpStateNames.Utf8Name(state, StateSpelling.Snake));

    private static void WriteSegment(ref TraceJsonLine json, in TraceRecord record)
    {
        json.Number("sequence"u8, record.Sequence);
        json.Number("segment_length_bytes"u8, record.SegmentLength);
    }

    private void WriteReason(ref TraceJsonLine json, in TraceRecord record)
    {
        KernelReason? reason = _reasons.Of(in record);
        WriteText(ref json, "reason"u8, reason?.Name);
        WriteText(ref json, "reason_text"u8, reason?.Phrase);
    }

    private static void WriteError(ref TraceJsonLine json, ushort errno)
    {
        json.NumberOrNull("errno"u8, errno);
        WriteText(ref json, "error"u8, ErrnoWords.SymbolOf(errno));
    }

    /// <summary>Any text: a reason may hold the name of a process.</summary>
    private static void WriteText(ref TraceJsonLine json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
        {
            json.Null(name);
            return;
        }

        Span<byte> utf8 = stackalloc byte[3 * TextMax];
        Span<byte> escaped = stackalloc byte[JsonText.Growth * TextMax];
        int length = Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, TextMax)), utf8);
        json.Text(name, escaped[..JsonText.Encode(utf8[..length], escaped)]);
    }

    private static ReadOnlySpan<byte> PhaseName(CongestionPhase phase) => phase switch
    {
        CongestionPhase.Open => "open"u8,
        CongestionPhase.Disorder => "disorder"u8,
        CongestionPhase.ReducedWindow => "cwr"u8,
        CongestionPhase.Recovery => "recovery"u8,
        CongestionPhase.Loss => "loss"u8,
        _ => default,
    };
}
