using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What capturing systems put before the link's own header: radio measurements, or the link type of each packet.</summary>
internal static class MonitorLayers
{
    /// <summary>radiotap.org: a length, and bits that say which fields follow.</summary>
    public static Layer ReadRadiotap(ref PacketCursor cursor)
    {
        const int HeaderLength = 8;
        const byte DataPad = 0x20;
        ReadOnlySpan<byte> octets = cursor.Octets;
        if (octets.Length < HeaderLength)
        {
            return cursor.TooShort();
        }

        int flags = FlagsOffset(octets);
        cursor.IsPadded = flags > 0 && flags < octets.Length && (octets[flags] & DataPad) != 0;
        return cursor.Skip(BinaryPrimitives.ReadUInt16LittleEndian(octets[2..]), Layer.Wireless);
    }

    /// <summary>A message with its length, or AVS's header in its place.</summary>
    public static Layer ReadPrism(ref PacketCursor cursor)
    {
        const int HeaderLength = 144;
        return cursor.Octets is [0x80, 0x21, 0x10, ..] ? ReadAvs(ref cursor) : cursor.Skip(HeaderLength, Layer.Wireless);
    }

    public static Layer ReadAvs(ref PacketCursor cursor)
        => cursor.Octets.Length < 8
            ? cursor.TooShort()
            : cursor.Skip((int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(cursor.Octets[4..]), int.MaxValue), Layer.Wireless);

    public static Layer ReadPpi(ref PacketCursor cursor)
    {
        const int HeaderLength = 8;
        if (cursor.Octets.Length < HeaderLength)
        {
            return cursor.TooShort();
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(cursor.Octets[2..]);
        return Behind(Math.Max(length, HeaderLength), (LinkType)BinaryPrimitives.ReadUInt32LittleEndian(cursor.Octets[4..]), ref cursor);
    }

    /// <summary>macOS: length, what comes next, link type.</summary>
    public static Layer ReadPkTap(ref PacketCursor cursor)
    {
        const int HeaderLength = 12;
        if (cursor.Octets.Length < HeaderLength)
        {
            return cursor.TooShort();
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(cursor.Octets);
        return Behind((int)Math.Clamp(length, HeaderLength, int.MaxValue), (LinkType)BinaryPrimitives.ReadUInt32LittleEndian(cursor.Octets[8..]), ref cursor);
    }

    // One such header inside of another is nothing that exists, and would be a way to make this call itself without end.
    private static Layer Behind(int length, LinkType link, ref PacketCursor cursor)
    {
        if (link is LinkType.Ppi or LinkType.PkTap)
        {
            return cursor.IsMalformed(PacketFault.Encapsulation);
        }

        return cursor.TrySkip(length) ? LinkTypes.First(link, ref cursor) : cursor.TooShort();
    }

    /// <summary>The flags stand behind the words of bits and an eight-octet clock, where there is one; 0 when there are none.</summary>
    private static int FlagsOffset(ReadOnlySpan<byte> octets)
    {
        const uint Clock = 1;
        const uint Flags = 2;
        const uint MoreWords = 1u << 31;
        uint fields = BinaryPrimitives.ReadUInt32LittleEndian(octets[4..]);
        int at = 4;
        for (uint word = fields; (word & MoreWords) != 0 && at + 8 <= octets.Length;)
        {
            at += 4;
            word = BinaryPrimitives.ReadUInt32LittleEndian(octets[at..]);
        }

        at += 4;
        return (fields & Flags) == 0 ? 0 : (fields & Clock) == 0 ? at : ((at + 7) & ~7) + 8;
    }
}
