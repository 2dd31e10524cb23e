namespace TcpLens.Observation.Filters;

/// <summary>The numbers of a captured connection that a filter can compare and a list can be sorted by. Durations are microseconds, sizes are octets.</summary>
public enum ConnectionField : byte
{
    /// <summary>In the order of first segments.</summary>
    Number,

    /// <summary>From its first segment to its last.</summary>
    Duration,

    /// <summary>Payload, both ways.</summary>
    Octets,

    /// <summary>Payload that the originator sent.</summary>
    Sent,

    /// <summary>Payload that the responder sent.</summary>
    Received,

    /// <summary>Segments, both ways.</summary>
    Packets,

    /// <summary>Segments sent again, both ways.</summary>
    Retrans,

    /// <summary>Round-trip time: of the handshake, or else the mean of what was measured on data.</summary>
    Rtt,

    /// <summary>Most octets under way at once, of either end.</summary>
    InFlight,
}

internal sealed record ConnectionFieldInfo(ConnectionField Field, string Name, FieldUnit Unit)
{
    /// <summary>In the order of <see cref="ConnectionField"/>.</summary>
    public static readonly ConnectionFieldInfo[] All =
    [
        new(ConnectionField.Number, "number", FieldUnit.Count),
        new(ConnectionField.Duration, "duration", FieldUnit.Duration),
        new(ConnectionField.Octets, "octets", FieldUnit.Octets),
        new(ConnectionField.Sent, "sent", FieldUnit.Octets),
        new(ConnectionField.Received, "received", FieldUnit.Octets),
        new(ConnectionField.Packets, "packets", FieldUnit.Count),
        new(ConnectionField.Retrans, "retrans", FieldUnit.Count),
        new(ConnectionField.Rtt, "rtt", FieldUnit.Duration),
        new(ConnectionField.InFlight, "inflight", FieldUnit.Octets),
    ];

    public static ConnectionFieldInfo? Named(string word)
        => Array.Find(All, info => info.Name.Equals(word, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Reads the numbers out of a connection's record.</summary>
public static class ConnectionFields
{
    extension(ConnectionRecord record)
    {
        /// <summary>Null when the capture does not tell.</summary>
        public ulong? ValueOf(ConnectionField field) => field switch
        {
            ConnectionField.Number => (ulong)record.Number,
            ConnectionField.Duration => Microseconds(record.Duration),
            ConnectionField.Octets => (ulong)(record.FromOriginator.PayloadOctets + record.FromResponder.PayloadOctets),
            ConnectionField.Sent => (ulong)record.FromOriginator.PayloadOctets,
            ConnectionField.Received => (ulong)record.FromResponder.PayloadOctets,
            ConnectionField.Packets => (ulong)(record.FromOriginator.Packets + record.FromResponder.Packets),
            ConnectionField.Retrans => (ulong)(record.FromOriginator.CountOf(SegmentMarks.Retransmission) + record.FromResponder.CountOf(SegmentMarks.Retransmission)),
            ConnectionField.Rtt => record.TypicalRtt is { } rtt ? Microseconds(rtt) : null,
            ConnectionField.InFlight => Math.Max(record.FromOriginator.MostInFlight, record.FromResponder.MostInFlight),
        };

        /// <summary>The handshake's round-trip time; else the mean of the samples of both ends; null without any.</summary>
        public TimeSpan? TypicalRtt
        {
            get
            {
                (RttSummary one, RttSummary other) = (record.FromOriginator.Rtt, record.FromResponder.Rtt);
                RttSummary longer = one.Mean >= other.Mean ? one : other;    // The other end is seen from near by where this one is far.
                return record.HandshakeRtt ?? (longer.Samples > 0 ? TimeSpan.FromTicks(longer.Mean / TimeSpan.NanosecondsPerTick) : null);
            }
        }
    }

    private static ulong Microseconds(TimeSpan time) => (ulong)Math.Max(0, time.Ticks / TimeSpan.TicksPerMicrosecond);
}
