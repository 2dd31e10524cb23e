using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The names of what can be traced: for --events, for the heads of trace files, and in JSON.</summary>
internal static class TopicNames
{
    private static readonly (string Name, TraceTopics Topic)[] Rows =
    [
        ("change", TraceTopics.StateChanges),
        ("life", TraceTopics.Lives),
        ("connect", TraceTopics.Connects),
        ("accept", TraceTopics.Accepts),
        ("retransmit", TraceTopics.Retransmissions),
        ("synack", TraceTopics.SynAckRetransmissions),
        ("reset", TraceTopics.Resets),
        ("drop", TraceTopics.Drops),
        ("error", TraceTopics.Errors),
        ("loss", TraceTopics.Losses),
        ("checksum", TraceTopics.BadChecksums),
    ];

    public static IEnumerable<string> All => Rows.Select(static row => row.Name);

    public static TraceTopics? Find(string name)
    {
        foreach ((string known, TraceTopics topic) in Rows)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return topic;
            }
        }

        return null;
    }

    public static IEnumerable<string> Of(TraceTopics topics) => Rows.Where(row => topics.HasFlag(row.Topic)).Select(static row => row.Name);

    /// <summary>Every topic that the record belongs to; none for what is no event.</summary>
    public static TraceTopics Of(in TraceRecord record) => record.Kind switch
    {
        TraceKind.StateChange => record.From == TcpState.SynSent ? TraceTopics.StateChanges | TraceTopics.Connects : TraceTopics.StateChanges,
        TraceKind.TimeWaitCancelled or TraceKind.TimeWaitRestarted => TraceTopics.StateChanges,
        TraceKind.LifeEnded => TraceTopics.Lives,
        TraceKind.Accepted => TraceTopics.Accepts,
        TraceKind.Retransmitted => TraceTopics.Retransmissions,
        TraceKind.SynAckRetransmitted => TraceTopics.SynAckRetransmissions,
        TraceKind.ResetSent or TraceKind.ResetReceived => TraceTopics.Resets,
        TraceKind.SegmentDropped => TraceTopics.Drops,
        TraceKind.ErrorReported => TraceTopics.Errors,
        TraceKind.LossDetected => TraceTopics.Losses,
        TraceKind.BadChecksum => TraceTopics.BadChecksums,
        _ => TraceTopics.None,
    };
}
