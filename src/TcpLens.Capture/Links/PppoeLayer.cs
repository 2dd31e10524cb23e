using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>A PPPoE session (RFC 2516 §4).</summary>
internal static class PppoeLayer
{
    private const int HeaderLength = 6;
    private const byte VersionAndType = 0x11;

    public static Layer Read(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (octets.Length < HeaderLength)
        {
            return cursor.TooShort();
        }

        if (octets[0] != VersionAndType)
        {
            return cursor.IsMalformed(PacketFault.Encapsulation);
        }

        bool isSession = octets[1] == 0;
        cursor.EndAfter(HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(octets[4..]));
        return isSession ? cursor.Skip(HeaderLength, Layer.Ppp) : cursor.Is(PacketKind.NonIp);
    }
}
