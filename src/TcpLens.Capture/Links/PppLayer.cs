namespace TcpLens.Capture;

/// <summary>PPP, with or without the address and control octets of its serial framing (RFC 1661 §2, RFC 1662 §3.1).</summary>
internal static class PppLayer
{
    private const byte AllStations = 0xff;
    private const byte UnnumberedInformation = 0x03;

    /// <summary>LINKTYPE_PPP_HDLC: cisco's HDLC may stand in the place of PPP's.</summary>
    public static Layer ReadSerial(ref PacketCursor cursor) => cursor.Octets switch
    {
        [0x0f or 0x8f, _, var high, var low, ..] when cursor.TrySkip(4) => EthernetLayer.Next((Protocol.EtherType)((high << 8) | low), ref cursor),
        _ => Read(ref cursor),
    };

    public static Layer Read(ref PacketCursor cursor)
    {
        if (cursor.Octets is [AllStations, UnnumberedInformation, ..])
        {
            cursor.TrySkip(2);
        }

        // An odd first octet is the compressed form of the protocol field (RFC 1661 §6.5).
        return cursor.Octets switch
        {
            [var small, ..] when (small & 1) != 0 && cursor.TrySkip(1) => Next(small, ref cursor),
            [var high, var low, ..] when cursor.TrySkip(2) => Next((high << 8) | low, ref cursor),
            _ => cursor.TooShort(),
        };
    }

    private static Layer Next(int protocol, ref PacketCursor cursor) => protocol switch
    {
        0x0021 => Layer.Ipv4,
        0x0057 => Layer.Ipv6,
        0x0281 or 0x0283 => Layer.Mpls,
        _ => cursor.Is(PacketKind.NonIp),
    };
}
