using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>Data frames of IEEE 802.11 (§9.3.2) that are not encrypted; LLC follows.</summary>
internal static class WirelessLayer
{
    private const int TypeMask = 0x0c;
    private const int DataType = 0x08;
    private const int NoDataSubtype = 0x40;
    private const int QosSubtype = 0x80;
    private const int BothDirections = 0x0300;
    private const int Protected = 0x4000;
    private const int HighThroughput = 0x8000;

    // Several frames in one (A-MSDU): the first is read, behind its addresses and length.
    private const byte Aggregate = 0x80;
    private const int SubframeHeaderLength = 14;

    public static Layer Read(ref PacketCursor cursor)
    {
        if (cursor.Octets.Length < sizeof(ushort))
        {
            return cursor.TooShort();
        }

        int control = BinaryPrimitives.ReadUInt16LittleEndian(cursor.Octets);
        if ((control & TypeMask) != DataType || (control & (NoDataSubtype | Protected)) != 0)
        {
            return cursor.Is(PacketKind.NonIp);
        }

        bool isQos = (control & QosSubtype) != 0;
        int length = QosOffset(control) + (isQos ? 2 : 0) + (isQos && (control & HighThroughput) != 0 ? 4 : 0);
        bool isAggregate = isQos && cursor.Octets.Length >= length && (cursor.Octets[QosOffset(control)] & Aggregate) != 0;
        length += cursor.IsPadded ? -length & 3 : 0;
        return cursor.Skip(length + (isAggregate ? SubframeHeaderLength : 0), Layer.Llc);
    }

    /// <summary>Three addresses, or four between access points; then the quality of service, where there is one.</summary>
    private static int QosOffset(int control) => 24 + ((control & BothDirections) == BothDirections ? 6 : 0);
}
