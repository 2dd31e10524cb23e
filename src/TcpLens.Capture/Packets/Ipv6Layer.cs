using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>IPv6 with its extension headers (RFC 8200).</summary>
internal static class Ipv6Layer
{
    // RFC 8200 §4.1 has at most seven in a row; this many are walked, so that a chain of empty ones is no work.
    private const int MaxExtensions = 16;

    public static Layer Read(ref PacketCursor cursor, PacketDecoder decoder)
    {
        if (!Ipv6Header.TryParse(cursor.Octets, out Ipv6Header header, out HeaderFault fault))
        {
            return cursor.Refuse(fault, PacketFault.IpHeaderLength);
        }

        // 0 is a jumbogram (RFC 2675 §3), or a large segment that an interface is to cut (TSO, BIG TCP).
        int total = header.PayloadLength == 0 ? cursor.Sent : header.PayloadLength + Ipv6Header.Length;
        Note(in header, total, ref cursor);
        cursor.EndAfter(total);
        cursor.TrySkip(Ipv6Header.Length);
        return Walk(header.NextHeader, ref cursor, decoder);
    }

    private static void Note(in Ipv6Header header, int total, ref PacketCursor cursor)
    {
        ref CapturedSegment segment = ref cursor.Segment;
        segment.Source = HostAddress.FromNetworkOrder(header.Source);
        segment.Destination = HostAddress.FromNetworkOrder(header.Destination);
        segment.TimeToLive = header.HopLimit;
        segment.Ecn = header.Ecn;
        segment.IpIdentification = 0;
        segment.IpLength = (uint)Math.Min(total, cursor.Sent);
        segment.IsTruncated = cursor.Octets.Length < total;
        cursor.Addresses = header.Addresses;
    }

    private static Layer Walk(IpProtocol next, ref PacketCursor cursor, PacketDecoder decoder)
    {
        for (int walked = 0; Ipv6Extension.IsWalked(next) || next == IpProtocol.Fragment; walked++)
        {
            if (walked == MaxExtensions)
            {
                return cursor.IsMalformed(PacketFault.TooManyLayers);
            }

            if (!Ipv6Extension.TryParse(cursor.Octets, out Ipv6Extension extension, out _) || !cursor.TrySkip(extension.LengthAs(next)))
            {
                return cursor.TooShort();
            }

            bool isFragment = next == IpProtocol.Fragment && (extension.MoreFragments || extension.FragmentOffset != 0);
            next = extension.NextHeader;
            if (isFragment && !IsCompletedBy(in extension, ref next, ref cursor, decoder))
            {
                return Layer.End;
            }
        }

        return IpProtocols.Next(next, ref cursor, decoder.OpensTunnels);
    }

    private static bool IsCompletedBy(in Ipv6Extension fragment, ref IpProtocol next, ref PacketCursor cursor, PacketDecoder decoder)
    {
        var key = new FragmentKey(cursor.Segment.Source, cursor.Segment.Destination, fragment.Identification, IpProtocol.Fragment);
        return decoder.Reassembler.TryComplete(in key, fragment.FragmentOffset, !fragment.MoreFragments, ref next, ref cursor);
    }
}
