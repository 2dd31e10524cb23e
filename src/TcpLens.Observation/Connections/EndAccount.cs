using System.Collections.Frozen;
using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>What one end of a connection sent, and what its segments tell.</summary>
public sealed class EndAccount
{
    public long Packets { get; set; }

    /// <summary>Octets of payload in all its segments, those sent again counted again.</summary>
    public long PayloadOctets { get; set; }

    /// <summary>Octets of its stream that were sent, each counted once; by sequence numbers, so what was not captured counts as well.</summary>
    public long StreamOctets { get; set; }

    /// <summary>Octets of IP packets, headers with them.</summary>
    public long IpOctets { get; set; }

    /// <summary>SYNs without ACK.</summary>
    public long Syns { get; set; }

    public long SynAcks { get; set; }

    public long Fins { get; set; }

    public long Resets { get; set; }

    /// <summary>Segments with payload.</summary>
    public long DataSegments { get; set; }

    /// <summary>Segments with nothing but an acknowledgment: no payload, SYN, FIN or RST.</summary>
    public long PureAcks { get; set; }

    public long UrgentSegments { get; set; }

    /// <summary>Initial sequence number; null when its SYN was not captured.</summary>
    public SeqNum? InitialSequence { get; set; }

    /// <summary>The MSS it announced; null when it announced none.</summary>
    public ushort? MaximumSegmentSize { get; set; }

    /// <summary>The shift it announced (RFC 7323 §2.2); null when it announced none.</summary>
    public byte? WindowShift { get; set; }

    public bool OffersSack { get; set; }

    public bool UsesTimestamps { get; set; }

    /// <summary>Windows it offered after the handshake, scaled where the scale is known; null before the first.</summary>
    public uint? SmallestWindow { get; set; }

    public uint? LargestWindow { get; set; }

    /// <summary>Segments whose window field is 0, SYN and RST aside.</summary>
    public long ZeroWindowFields { get; set; }

    /// <summary>Times from its segments to their acknowledgments, as seen where the capture was taken; retransmitted ones left out.</summary>
    public RttSummary Rtt { get; set; }

    /// <summary>Most octets that were under way at once.</summary>
    public uint MostInFlight { get; set; }

    /// <summary>Segments by mark; empty when none had any.</summary>
    public IReadOnlyDictionary<SegmentMarks, long> Marks { get; set; } = FrozenDictionary<SegmentMarks, long>.Empty;

    /// <summary>Retransmissions by kind; empty when there were none.</summary>
    public IReadOnlyDictionary<RetransmissionKind, long> Retransmissions { get; set; } = FrozenDictionary<RetransmissionKind, long>.Empty;

    public long CountOf(SegmentMarks mark) => Marks.GetValueOrDefault(mark);
}

/// <summary>Round-trip times in nanoseconds; all zero when there is no sample.</summary>
public readonly record struct RttSummary(long Samples, long Least, long Mean, long Most);
