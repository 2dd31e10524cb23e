using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TcpLens.Protocol;

/// <summary>
/// The one's complement sum of 16-bit words (RFC 1071). Sums are made in the machine's byte order and turned round at the end, since
/// the sum does not care (§2(B)).
/// </summary>
public static class InternetChecksum
{
    // A 32-bit lane takes two 16-bit words at a time; after this many octets it must be emptied.
    private const int MaxStretch = 1 << 18;

    /// <summary>The sum, folded to 16 bits and not complemented, in host order; an odd last octet counts as the high half of a word.</summary>
    public static ushort Sum(ReadOnlySpan<byte> octets) => Fold(Add(0, octets));

    /// <summary>
    /// The folded sum of TCP's or UDP's pseudo-header over IPv4 or IPv6 (RFC 9293 §3.1, RFC 8200 §8.1).
    /// </summary>
    /// <param name="addresses">Source and destination as they stand in the header: 8 or 32 octets.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="length">Octets of header and payload.</param>
    public static ushort SumPseudoHeader(ReadOnlySpan<byte> addresses, IpProtocol protocol, uint length)
        => Fold(Add(0, addresses) + Native((ushort)protocol) + Native((ushort)(length >> 16)) + Native((ushort)length));

    /// <summary>The folded sum of two sums.</summary>
    public static ushort Combine(ushort one, ushort other)
    {
        uint sum = (uint)one + other;
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }

    private static ulong Native(ushort value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static ushort Fold(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)Native((ushort)sum);
    }

    private static ulong Add(ulong sum, ReadOnlySpan<byte> octets)
    {
        while (octets.Length > MaxStretch)
        {
            sum = AddStretch(sum, octets[..MaxStretch]);
            octets = octets[MaxStretch..];
        }

        return AddStretch(sum, octets);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong AddStretch(ulong sum, ReadOnlySpan<byte> octets)
    {
        if (Vector256.IsHardwareAccelerated && octets.Length >= Vector256<byte>.Count)
        {
            sum += AddVectors(ref octets);
        }

        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(octets);
        foreach (uint word in words)
        {
            sum += word;
        }

        return AddTail(sum, octets[(words.Length * sizeof(uint))..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong AddVectors(ref ReadOnlySpan<byte> octets)
    {
        var low = Vector256<uint>.Zero;
        var high = Vector256<uint>.Zero;
        var mask = Vector256.Create(0xffffu);
        ReadOnlySpan<Vector256<uint>> vectors = MemoryMarshal.Cast<byte, Vector256<uint>>(octets);
        foreach (Vector256<uint> vector in vectors)
        {
            low += vector & mask;
            high += vector >>> 16;
        }

        octets = octets[(vectors.Length * Vector256<byte>.Count)..];
        return Total(low) + Total(high);
    }

    private static ulong Total(Vector256<uint> lanes)
    {
        (Vector256<ulong> one, Vector256<ulong> other) = Vector256.Widen(lanes);
        return Vector256.Sum(one + other);
    }

    private static ulong AddTail(ulong sum, ReadOnlySpan<byte> octets)
    {
        if (octets.Length >= sizeof(ushort))
        {
            sum += MemoryMarshal.Read<ushort>(octets);
            octets = octets[sizeof(ushort)..];
        }

        return octets.Length == 0 ? sum : sum + Native((ushort)(octets[0] << 8));
    }
}
