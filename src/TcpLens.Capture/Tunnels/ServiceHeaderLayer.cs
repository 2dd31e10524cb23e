namespace TcpLens.Capture;

/// <summary>The network service header of a chain of services (RFC 8300 §2): its length in words of four, and what it is put before.</summary>
internal static class ServiceHeaderLayer
{
    private const int MinLength = 8;
    private const byte LengthMask = 0x3f;

    public static Layer Read(ref PacketCursor cursor)
    {
        if (cursor.Octets is not [_, var second, _, var next, ..])
        {
            return cursor.TooShort();
        }

        int length = Math.Max((second & LengthMask) * 4, MinLength);
        return next switch
        {
            1 => cursor.Skip(length, Layer.Ipv4),
            2 => cursor.Skip(length, Layer.Ipv6),
            3 => cursor.Skip(length, Layer.Ethernet),
            4 => cursor.Skip(length, Layer.ServiceHeader),
            5 => cursor.Skip(length, Layer.Mpls),
            _ => cursor.Is(PacketKind.NonIp),
        };
    }
}
