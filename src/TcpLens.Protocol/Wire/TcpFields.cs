using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>What a TCP header is to say (RFC 9293 §3.1): <see cref="TcpHeader"/> reads one, this writes one.</summary>
public readonly record struct TcpFields
{
    public ushort SourcePort { get; init; }

    public ushort DestinationPort { get; init; }

    public SeqNum Sequence { get; init; }

    public SeqNum Acknowledgment { get; init; }

    public ControlBits Bits { get; init; }

    public WindowField Window { get; init; }

    public ushort UrgentPointer { get; init; }

    /// <summary>
    /// Writes header and options, with a checksum of 0: <see cref="WriteChecksum"/> comes when the payload stands behind them. Octets written.
    /// </summary>
    /// <param name="octets">With room for 20 octets and the options.</param>
    /// <param name="options">0 to 40 octets, in whole words: see <see cref="TcpOptionsWriter"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options that are too long or no whole words; no room.</exception>
    public int WriteTo(Span<byte> octets, ReadOnlySpan<byte> options)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Length, TcpHeader.MaxLength - TcpHeader.MinLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.Length % 4, 0);
        int length = TcpHeader.MinLength + options.Length;
        Span<byte> header = octets[..length];
        BinaryPrimitives.WriteUInt16BigEndian(header, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], Sequence.Value);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], Acknowledgment.Value);
        BinaryPrimitives.WriteUInt16BigEndian(header[12..], (ushort)((length << 10) | (ushort)(Bits & ControlBits.All)));
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], Window.Raw);
        BinaryPrimitives.WriteUInt16BigEndian(header[16..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[18..], UrgentPointer);
        options.CopyTo(header[TcpHeader.MinLength..]);
        return length;
    }

    /// <summary>Fills in the checksum of a whole segment whose checksum field is 0.</summary>
    /// <param name="segment">Header, options and payload.</param>
    /// <param name="addresses">Source and destination of its IP header: 8 or 32 octets.</param>
    public static void WriteChecksum(Span<byte> segment, ReadOnlySpan<byte> addresses)
    {
        ushort pseudo = InternetChecksum.SumPseudoHeader(addresses, IpProtocol.Tcp, (uint)segment.Length);
        ushort sum = InternetChecksum.Combine(pseudo, InternetChecksum.Sum(segment));
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], (ushort)~sum);
    }
}
