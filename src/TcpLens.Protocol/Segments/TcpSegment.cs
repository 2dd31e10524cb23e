namespace TcpLens.Protocol;

/// <summary>The two ECN bits of an IP header (RFC 3168 §5).</summary>
public enum EcnCodepoint : byte
{
    NotCapable = 0,
    Ect1 = 1,
    Ect0 = 2,
    CongestionExperienced = 3,
}

/// <summary>
/// What a segment means, without the addresses and ports that say whose it is: what a connection takes and gives. It lives as
/// long as the octets its payload lies in.
/// </summary>
public readonly ref struct TcpSegment
{
    public SeqNum Sequence { get; init; }

    /// <summary>Means something when ACK is set.</summary>
    public SeqNum Acknowledgment { get; init; }

    public ControlBits Bits { get; init; }

    public WindowField Window { get; init; }

    public ushort UrgentPointer { get; init; }

    public EcnCodepoint Ecn { get; init; }

    /// <summary>
    /// 0, or the payload of each segment on the wire when this one stands for several (segmentation offload): the payload may then be
    /// longer than any segment.
    /// </summary>
    public ushort SegmentSize { get; init; }

    public SegmentOptions Options { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>SEG.LEN: octets of sequence space, SYN and FIN included (RFC 9293 §3.4).</summary>
    public int Length => Payload.Length + (Has(ControlBits.Syn) ? 1 : 0) + (Has(ControlBits.Fin) ? 1 : 0);

    /// <summary>The number after the last one that this segment takes.</summary>
    public SeqNum End => Sequence + (uint)Length;

    public bool Has(ControlBits bits) => (Bits & bits) == bits;

    /// <summary>What a header and the octets behind it say.</summary>
    /// <param name="header">A whole one (<see cref="TcpHeader.IsCut"/> is false).</param>
    /// <param name="payload">The octets behind it, by the length that IP gave.</param>
    /// <param name="ecn">Of the IP header.</param>
    /// <param name="segmentSize">See <see cref="SegmentSize"/>.</param>
    public static TcpSegment Read(TcpHeader header, ReadOnlySpan<byte> payload, EcnCodepoint ecn = EcnCodepoint.NotCapable, ushort segmentSize = 0) => new()
    {
        Sequence = header.Sequence,
        Acknowledgment = header.Acknowledgment,
        Bits = header.Bits,
        Window = header.Window,
        UrgentPointer = header.UrgentPointer,
        Ecn = ecn,
        SegmentSize = segmentSize,
        Options = SegmentOptions.Read(header.Options),
        Payload = payload,
    };
}
