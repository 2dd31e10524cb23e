using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>The packet that an ICMP error is about, as far as it is quoted: of ours, so its source is our end.</summary>
/// <param name="Tuple">Whose it was.</param>
/// <param name="Sequence">SEG.SEQ.</param>
/// <param name="Length">Octets of the whole packet.</param>
internal readonly record struct QuotedSegment(FourTuple Tuple, SeqNum Sequence, int Length)
{
    /// <summary>RFC 792 promises this much of what is behind the IP header: the ports and the sequence number.</summary>
    private const int Needed = 8;

    /// <summary>False for a quote that is no TCP segment, or too short to tell whose it was.</summary>
    public static bool TryRead(ReadOnlySpan<byte> quote, bool isV4, out QuotedSegment segment)
        => isV4 ? TryReadV4(quote, out segment) : TryReadV6(quote, out segment);

    private static bool TryReadV4(ReadOnlySpan<byte> quote, out QuotedSegment segment)
    {
        segment = default;
        if (!Ipv4Header.TryParse(quote, out Ipv4Header header, out _) || header.Protocol != IpProtocol.Tcp || header.FragmentOffset != 0
            || quote.Length < header.HeaderLength + Needed)
        {
            return false;
        }

        segment = Read(HostAddress.V4(header.Source), HostAddress.V4(header.Destination), quote[header.HeaderLength..], header.TotalLength);
        return true;
    }

    /// <summary>Ours have no extension headers.</summary>
    private static bool TryReadV6(ReadOnlySpan<byte> quote, out QuotedSegment segment)
    {
        segment = default;
        if (!Ipv6Header.TryParse(quote, out Ipv6Header header, out _) || header.NextHeader != IpProtocol.Tcp || quote.Length < Ipv6Header.Length + Needed)
        {
            return false;
        }

        HostAddress source = HostAddress.FromNetworkOrder(header.Source), destination = HostAddress.FromNetworkOrder(header.Destination);
        segment = Read(source, destination, quote[Ipv6Header.Length..], Ipv6Header.Length + header.PayloadLength);
        return !source.IsV4Mapped && !destination.IsV4Mapped;
    }

    private static QuotedSegment Read(HostAddress source, HostAddress destination, ReadOnlySpan<byte> tcp, int length) => new(
        new(new(source, BinaryPrimitives.ReadUInt16BigEndian(tcp)), new(destination, BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]))),
        new(BinaryPrimitives.ReadUInt32BigEndian(tcp[4..])),
        length);
}
