using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>The kernel's reasons to drop a segment or to send a reset, with their phrases; looked up once for each.</summary>
internal sealed class KernelReasons(TraceNames names)
{
    private readonly KernelReason?[] _drops = new KernelReason?[names.DropReasons.Count];
    private readonly KernelReason?[] _resets = new KernelReason?[names.ResetReasons.Count];

    /// <summary>Null when the record has none, or the kernel no name for it.</summary>
    public KernelReason? Of(in TraceRecord record)
    {
        if (names.ReasonOf(in record) is not { } name)
        {
            return null;
        }

        return record.Kind == TraceKind.SegmentDropped
            ? _drops[record.Reason] ??= new KernelReason(name, DropReasonCatalog.Find(name)?.Phrase)
            : _resets[record.Reason] ??= new KernelReason(name, ResetReasonCatalog.Find(name)?.Phrase);
    }
}

/// <param name="Name">"TCP_LISTEN_OVERFLOW"</param>
/// <param name="Phrase">"accept queue full"; null when nothing is known of it.</param>
internal sealed record KernelReason(string Name, string? Phrase);
