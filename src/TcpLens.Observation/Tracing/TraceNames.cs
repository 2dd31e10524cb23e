namespace TcpLens.Observation;

/// <summary>
/// The running kernel's names for its numbers, which change from version to version: "TCP_LISTEN_OVERFLOW" without a prefix, by number.
/// </summary>
/// <param name="DropReasons">enum skb_drop_reason.</param>
/// <param name="ResetReasons">enum sk_rst_reason; empty where the kernel tells none (before Linux 6.10).</param>
public sealed record TraceNames(IReadOnlyList<string> DropReasons, IReadOnlyList<string> ResetReasons)
{
    public static readonly TraceNames None = new([], []);

    /// <summary>The reason of a drop or a reset; null when the record has none, or the kernel no name for it.</summary>
    public string? ReasonOf(in TraceRecord record) => record.Kind switch
    {
        TraceKind.SegmentDropped => At(DropReasons, record.Reason),
        TraceKind.ResetSent => At(ResetReasons, record.Reason),
        _ => null,
    };

    private static string? At(IReadOnlyList<string> names, uint number)
        => number < names.Count && names[(int)number] is { Length: > 0 } name ? name : null;
}
