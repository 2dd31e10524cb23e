using System.Buffers.Binary;
using System.Text;

namespace TcpLens.Protocol;

/// <summary>
/// Blocks of the pcapng format (draft-ietf-opsawg-pcapng), little-endian: a section's head, its one interface, packets with
/// nanoseconds, and what the interface counted. A file is these octets one after the other, whole at the end of each block.
/// </summary>
public static class PcapngBlocks
{
    private const uint SectionType = 0x0a0d_0d0a;
    private const uint InterfaceType = 1;
    private const uint StatisticsType = 5;
    private const uint PacketType = 6;
    private const uint ByteOrder = 0x1a2b_3c4d;

    private const ushort Comment = 1;
    private const ushort SectionSystem = 3;
    private const ushort SectionApplication = 4;
    private const ushort InterfaceName = 2;
    private const ushort InterfaceTimeResolution = 9;
    private const ushort InterfaceFilter = 11;
    private const ushort StatisticsStart = 2;
    private const ushort StatisticsEnd = 3;
    private const ushort StatisticsReceived = 4;
    private const ushort StatisticsInterfaceDrops = 5;
    private const ushort StatisticsSystemDrops = 7;
    private const ushort StatisticsDelivered = 8;

    /// <summary>Octets of an Enhanced Packet Block beside the packet.</summary>
    private const int PacketFrame = 32;
    private const int PacketHead = 28;

    /// <summary>The head of a file: Section Header Block and Interface Description Block.</summary>
    public static byte[] Head(CaptureSource source, string? comment)
    {
        ArgumentNullException.ThrowIfNull(source);
        var blocks = new MemoryStream();
        var body = new MemoryStream();
        body.Write(Number(ByteOrder));
        body.Write([1, 0, 0, 0]);                    // version 1.0
        body.Write(Number(unchecked((ulong)-1L)));   // length of the section: not known, as it is still being written
        AddOption(body, SectionSystem, source.System);
        AddOption(body, SectionApplication, source.Application);
        AddOption(body, Comment, comment);
        AddBlock(blocks, SectionType, body);

        body.SetLength(0);
        body.Write(Number((uint)source.LinkType & 0xffff));
        body.Write(Number((uint)source.SnapLength));
        AddOption(body, InterfaceName, source.Interface);
        AddOption(body, InterfaceFilter, source.Filter.Length == 0 ? null : '\0' + source.Filter);   // 0: the text of a filter follows.
        AddOption(body, InterfaceTimeResolution, [9]);
        AddBlock(blocks, InterfaceType, body);
        return blocks.ToArray();
    }

    /// <summary>Octets that <see cref="WritePacket"/> writes for a packet of which so many were captured.</summary>
    public static int LengthOfPacket(int captured) => PacketFrame + ((captured + 3) & ~3);

    /// <summary>An Enhanced Packet Block. Gives its length.</summary>
    /// <param name="destination">Has room for <see cref="LengthOfPacket"/>.</param>
    /// <param name="timeNanoseconds">Since the Unix epoch.</param>
    /// <param name="captured">What was kept of the packet.</param>
    /// <param name="originalLength">Its octets on the wire.</param>
    public static int WritePacket(Span<byte> destination, long timeNanoseconds, ReadOnlySpan<byte> captured, int originalLength)
    {
        int length = LengthOfPacket(captured.Length);
        Span<byte> block = destination[..length];
        BinaryPrimitives.WriteUInt32LittleEndian(block, PacketType);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], (uint)(timeNanoseconds >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(block[16..], (uint)timeNanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(block[20..], captured.Length);
        BinaryPrimitives.WriteInt32LittleEndian(block[24..], originalLength);
        captured.CopyTo(block[PacketHead..]);
        block[(PacketHead + captured.Length)..^4].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(block[^4..], length);
        return length;
    }

    /// <summary>Length of the packet block that <paramref name="blocks"/> begins with, as <see cref="WritePacket"/> wrote it, and the packet.</summary>
    public static int ReadPacket(ReadOnlySpan<byte> blocks, out long timeNanoseconds, out ReadOnlySpan<byte> captured, out int originalLength)
    {
        ulong high = BinaryPrimitives.ReadUInt32LittleEndian(blocks[12..]);
        timeNanoseconds = (long)((high << 32) | BinaryPrimitives.ReadUInt32LittleEndian(blocks[16..]));
        captured = blocks.Slice(PacketHead, BinaryPrimitives.ReadInt32LittleEndian(blocks[20..]));
        originalLength = BinaryPrimitives.ReadInt32LittleEndian(blocks[24..]);
        return BinaryPrimitives.ReadInt32LittleEndian(blocks[4..]);
    }

    /// <summary>An Interface Statistics Block: what the interface and the kernel counted up to then.</summary>
    public static byte[] Statistics(in CaptureStatistics statistics)
    {
        var body = new MemoryStream();
        body.Write(Number(0u));
        body.Write(Time(statistics.EndNanoseconds));
        AddOption(body, StatisticsStart, Time(statistics.StartNanoseconds));
        AddOption(body, StatisticsEnd, Time(statistics.EndNanoseconds));
        AddOption(body, StatisticsReceived, Number((ulong)statistics.Received));
        AddOption(body, StatisticsInterfaceDrops, Number((ulong)statistics.DroppedByInterface));
        AddOption(body, StatisticsSystemDrops, Number((ulong)statistics.DroppedByKernel));
        AddOption(body, StatisticsDelivered, Number((ulong)statistics.Delivered));
        var block = new MemoryStream();
        AddBlock(block, StatisticsType, body);
        return block.ToArray();
    }

    private static void AddBlock(MemoryStream blocks, uint type, MemoryStream body)
    {
        body.Write(Number(0u));   // opt_endofopt
        uint length = (uint)body.Length + 12;
        blocks.Write(Number(type));
        blocks.Write(Number(length));
        body.WriteTo(blocks);
        blocks.Write(Number(length));
    }

    private static void AddOption(MemoryStream body, ushort code, string? text)
    {
        if (text is not null)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            AddOption(body, code, utf8.AsSpan(0, Math.Min(utf8.Length, ushort.MaxValue)));
        }
    }

    private static void AddOption(MemoryStream body, ushort code, ReadOnlySpan<byte> value)
    {
        body.Write([(byte)code, (byte)(code >> 8), (byte)value.Length, (byte)(value.Length >> 8)]);
        body.Write(value);
        body.Write([0, 0, 0], 0, -value.Length & 3);
    }

    /// <summary>A time as pcapng has it: the high half first, whatever the byte order.</summary>
    private static byte[] Time(long nanoseconds) => [.. Number((uint)(nanoseconds >> 32)), .. Number((uint)nanoseconds)];

    private static byte[] Number(uint value)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(octets, value);
        return octets;
    }

    private static byte[] Number(ulong value)
    {
        byte[] octets = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(octets, value);
        return octets;
    }
}
