using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>IPv4 with its options (RFC 791).</summary>
internal static class Ipv4Layer
{
    public static Layer Read(ref PacketCursor cursor, PacketDecoder decoder)
    {
        if (!Ipv4Header.TryParse(cursor.Octets, out Ipv4Header header, out HeaderFault fault))
        {
            return cursor.Refuse(fault, PacketFault.IpHeaderLength);
        }

        // A total length of 0 is what a sender leaves for an interface that cuts large segments (TSO), and what BIG TCP has.
        int total = header.TotalLength == 0 ? cursor.Sent : header.TotalLength;
        if (total < header.HeaderLength)
        {
            return cursor.IsMalformed(PacketFault.IpTotalLength);
        }

        Note(in header, total, ref cursor);
        cursor.EndAfter(total);
        if (!cursor.TrySkip(header.HeaderLength))
        {
            return cursor.TooShort();
        }

        IpProtocol next = header.Protocol;
        return header.IsFragment && !IsCompletedBy(in header, ref next, ref cursor, decoder)
            ? Layer.End
            : IpProtocols.Next(next, ref cursor, decoder.OpensTunnels);
    }

    private static bool IsCompletedBy(in Ipv4Header header, ref IpProtocol next, ref PacketCursor cursor, PacketDecoder decoder)
    {
        var key = new FragmentKey(cursor.Segment.Source, cursor.Segment.Destination, header.Identification, header.Protocol);
        return decoder.Reassembler.TryComplete(in key, header.FragmentOffset, !header.MoreFragments, ref next, ref cursor);
    }

    private static void Note(in Ipv4Header header, int total, ref PacketCursor cursor)
    {
        ref CapturedSegment segment = ref cursor.Segment;
        segment.Source = HostAddress.V4(header.Source);
        segment.Destination = HostAddress.V4(header.Destination);
        segment.TimeToLive = header.TimeToLive;
        segment.Ecn = header.Ecn;
        segment.IpIdentification = header.Identification;
        segment.IpLength = (uint)Math.Min(total, cursor.Sent);
        segment.IsTruncated = cursor.Octets.Length < total;
        cursor.Addresses = header.Addresses;
    }
}
