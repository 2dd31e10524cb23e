using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>Linux's NFLOG (include/uapi/linux/netfilter/nfnetlink_log.h): attributes, one of which is the packet from its IP header on.</summary>
internal static class NfLogLayer
{
    private const int HeaderLength = 4;
    private const int AttributeHeaderLength = 4;
    private const ushort Payload = 9;

    public static Layer Read(ref PacketCursor cursor)
    {
        if (!cursor.TrySkip(HeaderLength))
        {
            return cursor.TooShort();
        }

        while (cursor.Octets.Length >= AttributeHeaderLength)
        {
            // In the byte order of the capturing machine, of which the packet says nothing: little-endian ones are what there is.
            int length = BinaryPrimitives.ReadUInt16LittleEndian(cursor.Octets);
            int type = BinaryPrimitives.ReadUInt16LittleEndian(cursor.Octets[2..]);
            if (length < AttributeHeaderLength)
            {
                return cursor.IsMalformed(PacketFault.Encapsulation);
            }

            if (type == Payload)
            {
                cursor.EndAfter(length);
                return cursor.Skip(AttributeHeaderLength, Layer.AnyIp);
            }

            if (!cursor.TrySkip((length + 3) & ~3))
            {
                return cursor.TooShort();
            }
        }

        return cursor.Is(PacketKind.NonIp);
    }
}
