using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TcpLens.Protocol;

/// <summary>The 14 octets of an Ethernet header (IEEE 802.3 §3.2).</summary>
public readonly ref struct EthernetHeader : IHeaderView<EthernetHeader>
{
    public const int Length = 14;

    /// <summary>Below this the last field is a length, and an LLC header follows (IEEE 802.3 §3.2.6).</summary>
    public const int SmallestType = 0x600;

    private readonly ReadOnlySpan<byte> _octets;

    private EthernetHeader(ReadOnlySpan<byte> octets) => _octets = octets;

    public ReadOnlySpan<byte> Destination => _octets[..6];

    public ReadOnlySpan<byte> Source => _octets[6..12];

    /// <summary>A type, or the length of an IEEE 802.3 frame: see <see cref="IsLength"/>.</summary>
    public EtherType Type => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(_octets[12..]);

    public bool IsLength => (ushort)Type < SmallestType;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> octets, out EthernetHeader header, out HeaderFault fault)
    {
        bool fits = octets.Length >= Length;
        header = fits ? new(octets[..Length]) : default;
        fault = fits ? HeaderFault.None : HeaderFault.TooShort;
        return fits;
    }

    /// <exception cref="ArgumentException">No room for 14 octets, or an address is not 6 octets long.</exception>
    public static void Write(Span<byte> octets, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> source, EtherType type)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, 6);
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, 6);
        destination.CopyTo(octets);
        source.CopyTo(octets[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(octets[12..], (ushort)type);
    }
}
