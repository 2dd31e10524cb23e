using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>Numbers of a file in the byte order of the machine that wrote it.</summary>
internal readonly record struct ByteOrder(bool IsBigEndian)
{
    public uint U32(ReadOnlySpan<byte> octets)
        => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(octets) : BinaryPrimitives.ReadUInt32LittleEndian(octets);

    public ushort U16(ReadOnlySpan<byte> octets)
        => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(octets) : BinaryPrimitives.ReadUInt16LittleEndian(octets);

    public ulong U64(ReadOnlySpan<byte> octets)
        => IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(octets) : BinaryPrimitives.ReadUInt64LittleEndian(octets);
}
