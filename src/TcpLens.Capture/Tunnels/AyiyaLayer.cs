namespace TcpLens.Capture;

/// <summary>AYIYA (draft-massar-v6ops-ayiya §4): IP in UDP, with an identity of 2^n octets and a signature in words of four.</summary>
internal static class AyiyaLayer
{
    private const int HeaderLength = 8;

    public static Layer Read(ref PacketCursor cursor)
    {
        if (cursor.Octets is not [var identity, var signature, _, var next, ..] || next is not (4 or 41))
        {
            return cursor.Is(PacketKind.Udp);
        }

        return cursor.TrySkip(HeaderLength + (1 << (identity >> 4)) + ((signature >> 4) * 4))
            ? EthernetLayer.ReadAnyIp(ref cursor)
            : cursor.Is(PacketKind.Udp);
    }
}
