using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>A packet of a built capture.</summary>
internal sealed record BuiltFrame(byte[] Octets, long Nanoseconds = 0, uint? Length = null);

/// <summary>Captures made octet by octet.</summary>
internal static class BuiltCapture
{
    public static byte[] Pcap(LinkType link, params BuiltFrame[] frames) => Pcap(link, isBigEndian: false, isNano: true, frames);

    public static byte[] Pcap(LinkType link, bool isBigEndian, bool isNano, params BuiltFrame[] frames)
    {
        var file = new Writer(isBigEndian);
        file.U32(isNano ? 0xa1b23c4d : 0xa1b2c3d4).U16(2).U16(4).U32(0).U32(0).U32(65535).U32((uint)link);
        foreach (BuiltFrame frame in frames)
        {
            uint fraction = (uint)(frame.Nanoseconds % 1_000_000_000 / (isNano ? 1 : 1000));
            file.U32((uint)(frame.Nanoseconds / 1_000_000_000)).U32(fraction).U32((uint)frame.Octets.Length)
                .U32(frame.Length ?? (uint)frame.Octets.Length).Octets(frame.Octets);
        }

        return file.ToArray();
    }

    /// <summary>A block with its length at both ends; the body is filled up to whole words.</summary>
    public static byte[] Block(uint type, byte[] body, bool isBigEndian = false)
    {
        int padded = (body.Length + 3) & ~3;
        return new Writer(isBigEndian).U32(type).U32((uint)(padded + 12)).Octets(body).Octets(new byte[padded - body.Length]).U32((uint)(padded + 12)).ToArray();
    }

    public static byte[] Section(bool isBigEndian = false, params byte[][] options)
        => Block(0x0a0d0d0a, [.. new Writer(isBigEndian).U32(0x1a2b3c4d).U16(1).U16(0).U32(uint.MaxValue).U32(uint.MaxValue).ToArray(), .. Options(isBigEndian, options)], isBigEndian);

    public static byte[] Interface(LinkType link, bool isBigEndian = false, params byte[][] options)
        => Block(1, [.. new Writer(isBigEndian).U16((ushort)link).U16(0).U32(0).ToArray(), .. Options(isBigEndian, options)], isBigEndian);

    /// <summary>An enhanced packet block.</summary>
    public static byte[] Packet(uint at, ulong ticks, byte[] octets, bool isBigEndian = false, params byte[][] options)
    {
        Writer body = new Writer(isBigEndian).U32(at).U32((uint)(ticks >> 32)).U32((uint)ticks).U32((uint)octets.Length).U32((uint)octets.Length).Octets(octets);
        byte[] padding = new byte[-octets.Length & 3];
        return Block(6, [.. body.ToArray(), .. padding, .. Options(isBigEndian, options)], isBigEndian);
    }

    public static byte[] Statistics(uint at, params byte[][] options) => Block(5, [.. new Writer(false).U32(at).U32(0).U32(0).ToArray(), .. Options(false, options)]);

    public static byte[] Option(ushort code, byte[] value, bool isBigEndian = false)
        => new Writer(isBigEndian).U16(code).U16((ushort)value.Length).Octets(value).Octets(new byte[-value.Length & 3]).ToArray();

    private static byte[] Options(bool isBigEndian, byte[][] options)
        => options.Length == 0 ? [] : [.. options.SelectMany(option => option), .. new Writer(isBigEndian).U32(0).ToArray()];

    internal sealed class Writer(bool isBigEndian)
    {
        private readonly List<byte> _octets = [];

        public Writer U16(ushort value)
        {
            Span<byte> octets = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(octets, isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
            return Octets(octets);
        }

        public Writer U32(uint value)
        {
            Span<byte> octets = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(octets, isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
            return Octets(octets);
        }

        public Writer Octets(ReadOnlySpan<byte> octets)
        {
            _octets.AddRange(octets);
            return this;
        }

        public byte[] ToArray() => [.. _octets];
    }
}
