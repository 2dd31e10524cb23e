using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>ICMP and ICMPv6: an error quotes the segment it is about, at least its ports and sequence number (RFC 792, RFC 4443 §2.4(c)).</summary>
internal static class IcmpLayer
{
    /// <summary>Ports and sequence number: what every ICMP error quotes of a segment.</summary>
    private const int QuotedLength = 8;

    public static Layer Read(ref PacketCursor cursor)
    {
        if (!IcmpHeader.TryParse(cursor.Octets, out IcmpHeader header, out _) || !header.IsErrorV4)
        {
            return cursor.Is(PacketKind.Icmp);
        }

        cursor.TrySkip(IcmpHeader.Length);
        return Ipv4Header.TryParse(cursor.Octets, out Ipv4Header quoted, out _) && quoted.Protocol == IpProtocol.Tcp
            && quoted.FragmentOffset == 0 && cursor.TrySkip(quoted.HeaderLength) && cursor.Octets.Length >= QuotedLength
            ? Note(HostAddress.V4(quoted.Source), HostAddress.V4(quoted.Destination), header.Type, header.Code, ref cursor)
            : cursor.Is(PacketKind.Icmp);
    }

    public static Layer ReadV6(ref PacketCursor cursor)
    {
        if (!IcmpHeader.TryParse(cursor.Octets, out IcmpHeader header, out _) || !header.IsErrorV6)
        {
            return cursor.Is(PacketKind.Icmp);
        }

        cursor.TrySkip(IcmpHeader.Length);
        if (!Ipv6Header.TryParse(cursor.Octets, out Ipv6Header quoted, out _))
        {
            return cursor.Is(PacketKind.Icmp);
        }

        cursor.TrySkip(Ipv6Header.Length);
        return quoted.NextHeader == IpProtocol.Tcp && cursor.Octets.Length >= QuotedLength
            ? Note(HostAddress.FromNetworkOrder(quoted.Source), HostAddress.FromNetworkOrder(quoted.Destination), (ushort)(256 + header.Type), header.Code, ref cursor)
            : cursor.Is(PacketKind.Icmp);
    }

    private static Layer Note(HostAddress source, HostAddress destination, ushort type, byte code, ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> quoted = cursor.Octets;
        ref CapturedSegment segment = ref cursor.Segment;
        segment.Kind = SegmentKind.IcmpError;
        segment.IcmpType = type;
        segment.IcmpCode = code;
        segment.Source = source;
        segment.Destination = destination;
        segment.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(quoted);
        segment.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(quoted[2..]);
        segment.Sequence = new(BinaryPrimitives.ReadUInt32BigEndian(quoted[4..]));
        NoteRest(quoted, ref segment);
        return cursor.Is(PacketKind.IcmpAboutTcp);
    }

    private static void NoteRest(ReadOnlySpan<byte> quoted, ref CapturedSegment segment)
    {
        bool isWhole = TcpHeader.TryParse(quoted, out TcpHeader header, out _);
        segment.Acknowledgment = isWhole ? header.Acknowledgment : default;
        segment.Bits = isWhole ? header.Bits : ControlBits.None;
        segment.Window = isWhole ? header.Window : default;
        segment.PayloadLength = 0;
        segment.PayloadOffset = -1;
        segment.CapturedPayload = 0;
        segment.Options = SegmentOptions.None;
        segment.SackCount = 0;
        segment.TimestampValue = 0;
        segment.TimestampEcho = 0;
        segment.MaximumSegmentSize = 0;
        segment.WindowShift = 0;
        segment.Checksum = ChecksumVerdict.Unchecked;
    }
}
