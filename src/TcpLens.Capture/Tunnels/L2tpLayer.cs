using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>L2TP version 2 (RFC 2661 §3.1): PPP in UDP.</summary>
internal static class L2tpLayer
{
    private const int Control = 0x8000;
    private const int Length = 0x4000;
    private const int Sequence = 0x0800;
    private const int Offset = 0x0200;
    private const int Version = 0x000f;

    public static Layer Read(ref PacketCursor cursor)
    {
        ReadOnlySpan<byte> octets = cursor.Octets;
        int flags = octets.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(octets) : Control;
        if ((flags & Control) != 0 || (flags & Version) != 2)
        {
            return cursor.Is(PacketKind.Udp);
        }

        int length = 6 + ((flags & Length) != 0 ? 2 : 0) + ((flags & Sequence) != 0 ? 4 : 0);
        if ((flags & Offset) != 0)
        {
            length += octets.Length >= length + 2 ? 2 + BinaryPrimitives.ReadUInt16BigEndian(octets[length..]) : 2;
        }

        return cursor.Skip(length, Layer.Ppp);
    }
}
